package io.psycache.spring.boot;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches unless {@code spring.cache.type} names another cache; Boot's own list of types does not have ours. */
final class OnPsycacheCacheType extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String type = context.getEnvironment().getProperty("spring.cache.type");
        ConditionMessage message = ConditionMessage.forCondition("psycache cache type")
                .because("spring.cache.type is " + (StringUtils.hasText(type) ? type : "not set"));
        return new ConditionOutcome(isOurs(type), message);
    }

    private static boolean isOurs(@Nullable String type) {
        return !StringUtils.hasText(type) || "psycache".equalsIgnoreCase(type.strip());
    }
}
