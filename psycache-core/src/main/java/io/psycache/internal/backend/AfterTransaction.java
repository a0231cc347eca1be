package io.psycache.internal.backend;

import io.psycache.internal.lane.RetryingWorker;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Invalidations that a transaction can't carry: they run on a thread of the cache once it has ended, and again until they succeed.
 * A read-only transaction refuses inserts, and what is written after the commit, in a callback of the transaction, is rolled back
 * where the pool's auto-commit is off. Thread-safe.
 */
final class AfterTransaction implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(AfterTransaction.class);

    private final RetryingWorker worker = new RetryingWorker("psycache-invalidation");
    private final Runnable written;
    private final boolean isApart;

    /**
     * @param written told when a transaction with invalidations has ended, unless it was rolled back
     * @param isApart whether a thread of the cache may have another database than the caller: then the caller's runs them, once
     */
    AfterTransaction(Runnable written, boolean isApart) {
        this.written = written;
        this.isApart = isApart;
    }

    private void start(Runnable invalidation) {
        if (!isApart) {
            worker.run(invalidation);
            return;
        }
        try {
            invalidation.run();
        } catch (RuntimeException e) { // the transaction has ended, and nobody else can repeat it
            LOG.error(
                    "What the transaction of this thread has invalidated is still cached, and may be stale until it expires: "
                            + e.getMessage(),
                    e);
        }
    }

    /** Runs {@code work} after this thread's transaction, unless it was rolled back. It is told whether that committed for sure. */
    void run(Consumer<Boolean> work) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCompletion(int status) {
                if (status != STATUS_ROLLED_BACK) {
                    start(() -> work.accept(status == STATUS_COMMITTED));
                }
            }
        });
    }

    /** Runs {@code invalidation} once {@code transaction} has ended, if that has not carried it. */
    void repeatIfNotCarried(CallersTransaction transaction, Runnable invalidation) {
        if (transaction.isSynchronized()) {
            TransactionSynchronizationManager.registerSynchronization(
                    new Repeated(invalidation, transaction.isReadOnly()));
        } else {
            start(invalidation); // in a callback after the completion, which still holds the connection
        }
    }

    @Override
    public void close() {
        worker.close();
    }

    /** Sees whether the transaction carried the invalidation: only then it comes before its completion. */
    private final class Repeated implements TransactionSynchronization {
        private final Runnable invalidation;
        private final boolean readOnly;
        private boolean carried;

        private Repeated(Runnable invalidation, boolean readOnly) {
            this.invalidation = invalidation;
            this.readOnly = readOnly;
        }

        /** Before other callbacks, which may tell other threads of the commit. */
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            written.run();
        }

        @Override
        public void beforeCompletion() {
            carried = !readOnly;
        }

        @Override
        public void afterCompletion(int status) {
            if (status != STATUS_ROLLED_BACK) {
                written.run();
            }
            if (readOnly || !carried && status != STATUS_ROLLED_BACK) {
                start(invalidation);
            }
        }
    }
}
