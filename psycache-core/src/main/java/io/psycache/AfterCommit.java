package io.psycache;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs an action once the transaction of this thread has committed; a rollback, also of a savepoint, drops it. In a callback
 * after the completion it runs at once.
 */
final class AfterCommit implements TransactionSynchronization {
    private final Runnable action;
    private boolean dropped;

    private AfterCommit(Runnable action) {
        this.action = action;
    }

    static void run(Runnable action) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new AfterCommit(action));
        } else {
            action.run();
        }
    }

    @Override
    public void savepointRollback(Object savepoint) {
        dropped = true;
    }

    @Override
    public void afterCompletion(int status) {
        if (status == STATUS_COMMITTED && !dropped) {
            action.run();
        }
    }
}
