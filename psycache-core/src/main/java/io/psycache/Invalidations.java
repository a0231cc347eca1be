package io.psycache;

import io.psycache.internal.lane.RetryingWorker;
import io.psycache.internal.store.EntryStore;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Where invalidations run: in the caller's transaction, so that they commit or roll back with it. One that it can't carry runs
 * on a thread of our own once it has ended, and again until it succeeds: a read-only transaction refuses inserts, and what is
 * written after the commit, in a callback of the transaction, is rolled back where the pool's auto-commit is off. In a transaction
 * that is not on our data source they run at once, and once more after it.
 */
final class Invalidations implements AutoCloseable {
    private final EntryStore store;
    private final RetryingWorker later = new RetryingWorker("psycache-invalidation");

    Invalidations(EntryStore store) {
        this.store = store;
    }

    /** Of a thread in a transaction: whether that can still be written in, and committed. */
    static boolean isCarried() {
        return TransactionSynchronizationManager.isSynchronizationActive()
                && !TransactionSynchronizationManager.isCurrentTransactionReadOnly();
    }

    void run(Runnable invalidation) {
        boolean inTransaction = store.inTransaction();
        if (inTransaction) {
            repeatIfNotCarried(invalidation);
        }
        if (!inTransaction) {
            onceMore(invalidation);
        }
        if (!inTransaction || isCarried()) {
            invalidation.run();
        }
    }

    /**
     * In a transaction that is not on our data source, runs {@code invalidation} after its commit too: what it runs now comes
     * before the data, so that readers can put the old value back.
     */
    void onceMore(Runnable invalidation) {
        if (store.inForeignTransaction()) {
            afterwards(committed -> invalidation.run());
        }
    }

    /** Runs {@code work} after this thread's transaction, unless it was rolled back. It is told whether that committed for sure. */
    void afterwards(Consumer<Boolean> work) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                if (status != STATUS_ROLLED_BACK) {
                    later.run(() -> work.accept(status == STATUS_COMMITTED));
                }
            }
        });
    }

    /** Runs {@code invalidation} once this thread's transaction has ended, if that has not carried it. */
    void repeatIfNotCarried(Runnable invalidation) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new Completion(invalidation, !isCarried()));
        } else {
            later.run(invalidation); // in a callback after the completion, which still holds the connection
        }
    }

    @Override
    public void close() {
        later.close();
    }

    /** Sees whether the transaction carried the invalidation: only then it comes before its completion. */
    private final class Completion implements TransactionSynchronization {
        private final Runnable invalidation;
        private final boolean readOnly;
        private boolean carried;

        private Completion(Runnable invalidation, boolean readOnly) {
            this.invalidation = invalidation;
            this.readOnly = readOnly;
        }

        @Override
        public void beforeCompletion() {
            carried = !readOnly;
        }

        @Override
        public void afterCompletion(int status) {
            if (readOnly || !carried && status != STATUS_ROLLED_BACK) {
                later.run(invalidation);
            }
        }
    }
}
