package io.psycache.internal.backend;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Marks transactions of which a get has waited for a lock of others on the cache's tables in vain: their further gets are misses. The mark
 * is a resource of the transaction under this object. Thread-safe.
 */
final class LockedOut {

    /** Marks the transaction of this thread, until it has ended. */
    void note(CallersTransaction transaction) {
        if (transaction.isSynchronized() && !transaction.isLockedOut()) {
            TransactionSynchronizationManager.registerSynchronization(new Mark());
            TransactionSynchronizationManager.bindResource(this, true);
        }
    }

    private final class Mark implements TransactionSynchronization {

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResource(LockedOut.this);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(LockedOut.this, true);
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(LockedOut.this);
        }
    }
}
