package io.psycache.maintenance;

import io.psycache.store.LoadToken;
import io.psycache.store.MaintenanceStore;
import io.psycache.store.MaintenanceStore.Swept;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One walk over the table deletes the entries that have ended. Where the walk has deleted every entry that the log up to some
 * moment has ended, the log up to that moment has done its work and is deleted too.
 *
 * <p>That moment is a snapshot which this object took at least the log's retention ago, so that no put is under way any more
 * which has not seen what the snapshot shows; loads that began before it are refused from then on. Thread-safe.
 */
public final class Cleanup {
    private final MaintenanceStore store;
    private final int pagesPerBatch;
    private final Duration logRetention;
    private final LongSupplier nanoTime;

    private @Nullable Sample sample;

    private record Sample(LoadToken token, long takenAt) {}

    /**
     * @param pagesPerBatch pages of the table that one transaction walks
     * @param nanoTime a clock as {@link System#nanoTime()}
     */
    public Cleanup(MaintenanceStore store, int pagesPerBatch, Duration logRetention, LongSupplier nanoTime) {
        this.store = store;
        this.pagesPerBatch = pagesPerBatch;
        this.logRetention = logRetention;
        this.nanoTime = nanoTime;
    }

    /** Walks the table once. @return rows deleted */
    public synchronized long run() {
        Sample due = due();
        Swept swept = walk(due == null ? null : due.token.snapshot());
        if (due != null && swept.deleted() == swept.ended()) {
            store.collect(due.token);
            sample = null;
        }
        return swept.deleted();
    }

    private @Nullable Sample due() {
        if (sample == null) {
            sample = store.sample()
                    .map(token -> new Sample(token, nanoTime.getAsLong()))
                    .orElse(null);
        }
        return sample != null && nanoTime.getAsLong() - sample.takenAt >= logRetention.toNanos() ? sample : null;
    }

    private Swept walk(@Nullable String snapshot) {
        long ended = 0;
        long deleted = 0;
        for (long page = 0; page < store.pages(); page += pagesPerBatch) {
            Swept swept = store.sweep(page, page + pagesPerBatch, snapshot);
            ended += swept.ended();
            deleted += swept.deleted();
        }
        return new Swept(ended, deleted);
    }
}
