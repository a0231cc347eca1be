package io.psycache.internal.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes that are stored after the commit of this thread's transaction, as one unit. A rollback drops them, that of a savepoint what was
 * there before. A transaction that an error has aborted, which its caller hides, is called committed in the end, but PostgreSQL
 * rolls it back.
 *
 * @param <W> one write
 */
final class AfterCommit<W> {
    private final Consumer<List<W>> sink;
    private final Consumer<List<W>> dropped;
    private final BooleanSupplier aborted;
    private final ThreadLocal<@Nullable Unit> units = new ThreadLocal<>();

    /** @param aborted whether an error has aborted the transaction of this thread */
    AfterCommit(Consumer<List<W>> sink, Consumer<List<W>> dropped, BooleanSupplier aborted) {
        this.sink = sink;
        this.dropped = dropped;
        this.aborted = aborted;
    }

    void add(List<W> writes) {
        current().writes.addAll(writes);
    }

    private Unit current() {
        Unit bound = units.get();
        if (bound != null && !bound.completed) {
            return bound;
        }
        Unit created = new Unit();
        TransactionSynchronizationManager.registerSynchronization(created);
        units.set(created); // after that: it is removed only by what is registered
        return created;
    }

    /** Of one transaction. */
    private final class Unit implements TransactionSynchronization {
        private final List<W> writes = new ArrayList<>();
        private volatile boolean
                completed; // also on another thread, as JTA may, which keeps it until its next transaction

        @Override
        public void suspend() {
            units.remove();
        }

        @Override
        public void resume() {
            units.set(this);
        }

        @Override
        public void savepointRollback(Object savepoint) {
            drop();
        }

        private void drop() {
            dropped.accept(List.copyOf(writes));
            writes.clear();
        }

        @Override
        public void beforeCompletion() {
            if (aborted.getAsBoolean()) {
                drop();
            }
        }

        @Override
        public void afterCompletion(int status) {
            completed = true;
            units.remove();
            if (status == STATUS_COMMITTED) {
                sink.accept(writes);
            } else {
                drop();
            }
        }
    }
}
