package io.psycache.spring.boot;

import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportMessage;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;

/** What Boot prints with {@code --debug}. */
final class Reports {

    private Reports() {}

    static String of(AssertableApplicationContext context) {
        return new ConditionEvaluationReportMessage(ConditionEvaluationReport.get(
                        context.getSourceApplicationContext().getBeanFactory()))
                .toString();
    }
}
