package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.maintenance.MaintenanceStore.Swept;
import io.psycache.internal.store.maintenance.MaintenanceStore.Walk;
import java.time.Duration;
import java.util.Optional;

/**
 * Cleanup of the tables: a walk over the table of entries, which deletes expired and invalidated ones. Once it has deleted every
 * entry that the log up to some moment has invalidated, it deletes the log up to that moment too.
 *
 * <p>That moment is a snapshot that some node took at least the log's retention ago. So every put still under way has seen what
 * the snapshot shows, and from then on loads that began before it are refused. The snapshot is kept in the database, so the log
 * is collected even if each node runs only for a short time. Thread-safe.
 */
public final class Cleanup {
    private final MaintenanceStore store;
    private final int pagesPerBatch;
    private final Duration logRetention;

    /** @param pagesPerBatch how many pages of a table one transaction walks over */
    public Cleanup(MaintenanceStore store, int pagesPerBatch, Duration logRetention) {
        this.store = store;
        this.pagesPerBatch = pagesPerBatch;
        this.logRetention = logRetention;
    }

    /** Walks over the table once, or until another node does. @return rows deleted */
    public long run() {
        return run(Duration.ZERO);
    }

    /**
     * {@link #run()}, unless a walk has ended on some node within nine tenths of {@code interval}. With the whole interval, a node
     * that runs once per interval could come just too early by the clock of the database.
     */
    public synchronized long run(Duration interval) {
        Optional<Walk> walk = store.begin(logRetention, interval.multipliedBy(9).dividedBy(10));
        return walk.isEmpty() || walk.get().hasEndedRecently() ? 0 : run(walk.get());
    }

    private long run(Walk walk) {
        long ended = 0;
        long deleted = 0;
        for (long page = 0; page < store.pages(); page += pagesPerBatch) {
            Optional<Swept> swept = store.sweep(page, page + pagesPerBatch, walk.sample());
            if (swept.isEmpty()) {
                return deleted;
            }
            ended += swept.get().ended();
            deleted += swept.get().deleted();
        }
        end(walk, ended == deleted);
        return deleted;
    }

    private void end(Walk walk, boolean isWhole) {
        store.end(walk, isWhole);
        store.deleteLeases();
        if (isWhole && walk.sample() != null) {
            collect();
        }
    }

    private void collect() {
        for (long page = 0; page < store.logPages(); page += pagesPerBatch) {
            if (store.collect(page, page + pagesPerBatch).isEmpty()) {
                return; // the next run deletes the rest
            }
        }
    }
}
