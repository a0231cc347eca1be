package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.maintenance.MaintenanceStore.Swept;
import io.psycache.internal.store.maintenance.MaintenanceStore.Walk;
import java.time.Duration;
import java.util.Optional;

/**
 * One walk over the table deletes the entries that have ended. Where the walk has deleted every entry that the log up to some
 * moment has ended, the log up to that moment has done its work and is deleted too.
 *
 * <p>That moment is a snapshot which some node took at least the log's retention ago, so that no put is under way any more
 * which has not seen what the snapshot shows; loads that began before it are refused from then on. It is kept in the
 * database, so the log is collected however short the nodes live. Thread-safe.
 */
public final class Cleanup {
    private final MaintenanceStore store;
    private final int pagesPerBatch;
    private final Duration logRetention;

    /** @param pagesPerBatch pages of a table that one transaction walks */
    public Cleanup(MaintenanceStore store, int pagesPerBatch, Duration logRetention) {
        this.store = store;
        this.pagesPerBatch = pagesPerBatch;
        this.logRetention = logRetention;
    }

    /** Walks the table once, or as far as no other node does. @return rows deleted */
    public long run() {
        return run(Duration.ZERO);
    }

    /**
     * {@link #run()} unless a walk has ended on some node within {@code interval}, or nearly so: the next run of a node that
     * runs every interval must not be just too early by the clock of the database.
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
                return; // whoever collects next deletes the rest
            }
        }
    }
}
