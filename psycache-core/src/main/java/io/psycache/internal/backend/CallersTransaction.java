package io.psycache.internal.backend;

import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;

/**
 * The facts about the transaction of the calling thread.
 *
 * @param isSynchronized whether callbacks can be registered with it; not in a callback after its completion
 * @param isLockedOut whether a get in it has waited for a lock on the cache's tables in vain
 * @param isolation of {@link TransactionDefinition}; null = the default of the session
 */
record CallersTransaction(
        boolean isSynchronized,
        boolean isReadOnly,
        boolean isLockedOut,
        @Nullable Integer isolation) {

    /** Whether it can still be written in, and committed. */
    boolean carriesWrites() {
        return isSynchronized && !isReadOnly;
    }

    boolean isSerializable() {
        return isolation != null && isolation == TransactionDefinition.ISOLATION_SERIALIZABLE;
    }

    /** Whether it is declared to have one snapshot, which may be older than a token that is taken now on another connection. */
    boolean hasOneSnapshot() {
        return isolation != null && isolation >= TransactionDefinition.ISOLATION_REPEATABLE_READ;
    }
}
