package io.psycache;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Collects what a transaction is to write after its commit, and hands it on as one unit once it has committed; a rollback drops
 * it, that of a savepoint what was there before. In a callback after the completion it is handed on at once. A transaction that
 * an error has aborted, which its caller hides, is called committed in the end, but PostgreSQL rolls it back.
 *
 * @param <W> one write
 */
final class AfterCommit<W> {
    private final Consumer<List<W>> sink;
    private final BooleanSupplier aborted;

    /** @param aborted whether an error has aborted the transaction of this thread */
    AfterCommit(Consumer<List<W>> sink, BooleanSupplier aborted) {
        this.sink = sink;
        this.aborted = aborted;
    }

    void add(List<W> writes) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            current().writes.addAll(writes);
        } else {
            sink.accept(writes);
        }
    }

    @SuppressWarnings("unchecked") // nobody else binds to this key
    private Unit current() {
        Unit bound = (Unit) TransactionSynchronizationManager.getResource(this);
        if (bound != null && !bound.completed) {
            return bound;
        }
        Unit created = new Unit();
        bind(created);
        TransactionSynchronizationManager.registerSynchronization(created);
        return created;
    }

    private void bind(Unit unit) {
        TransactionSynchronizationManager.unbindResourceIfPossible(this);
        TransactionSynchronizationManager.bindResource(this, unit);
    }

    /** Of one transaction. */
    private final class Unit implements TransactionSynchronization {
        private final List<W> writes = new ArrayList<>();
        private volatile boolean completed; // also on another thread, as JTA may, where it can't be unbound

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(AfterCommit.this);
        }

        @Override
        public void resume() {
            bind(this);
        }

        @Override
        public void savepointRollback(Object savepoint) {
            writes.clear();
        }

        @Override
        public void beforeCompletion() {
            if (aborted.getAsBoolean()) {
                writes.clear();
            }
        }

        @Override
        public void afterCompletion(int status) {
            completed = true;
            TransactionSynchronizationManager.unbindResourceIfPossible(AfterCommit.this);
            if (status == STATUS_COMMITTED) {
                sink.accept(writes);
            }
        }
    }
}
