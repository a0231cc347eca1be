package io.psycache.testsupport;

import static com.tngtech.archunit.base.DescribedPredicate.describe;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import java.util.regex.Pattern;

/** Uses of Spring's transaction support, told apart by what they are for. */
final class TransactionQuestions {
    private static final String SYNCHRONIZATION =
            "org.springframework.transaction.support.TransactionSynchronizationManager";
    private static final String CONNECTIONS = "org.springframework.jdbc.datasource.DataSourceUtils";
    private static final String ADVICE = "org.springframework.transaction.interceptor.TransactionAspectSupport";

    /** Asks whether there is a transaction, which, or what is bound to it. */
    static final DescribedPredicate<JavaAccess<?>> ASKS = describe(
            "asks for the transaction",
            access -> is(access, SYNCHRONIZATION, "is.*|getCurrent.*|getResource|hasResource|getSynchronizations")
                    || is(access, CONNECTIONS, "isConnectionTransactional")
                    || is(access, ADVICE, "currentTransactionStatus"));

    /** Uses the transaction, without asking for it: its connection, its end, what is bound to it. */
    static final DescribedPredicate<JavaAccess<?>> TAKES_PART = describe(
            "takes part in the transaction",
            access -> is(access, SYNCHRONIZATION, "registerSynchronization|bind.*|unbind.*")
                    || is(
                            access,
                            CONNECTIONS,
                            "(doG|g)etConnection|(doR|r)eleaseConnection|applyTransactionTimeout|applyTimeout"));

    private TransactionQuestions() {}

    private static boolean is(JavaAccess<?> access, String owner, String names) {
        return access.getTargetOwner().getName().equals(owner)
                && Pattern.matches(names, access.getTarget().getName());
    }
}
