package io.psycache.interleaving;

import io.psycache.maintenance.Cleanup;
import io.psycache.store.CacheTables;
import io.psycache.store.LoadToken;
import io.psycache.store.MaintenanceStore;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The collector of the log, with a clock that the steps set. */
final class Collector {
    private static final int PAGES = 1_000;

    private final MaintenanceStore store;
    private final AtomicLong nanoTime = new AtomicLong();
    private final Cleanup cleanup;
    private @Nullable LoadToken sample;

    Collector(SessionDataSource dataSource) {
        this.store = new MaintenanceStore(dataSource, new CacheTables("", "psycache"));
        this.cleanup = new Cleanup(store, PAGES, Duration.ofMinutes(5), nanoTime::get);
    }

    /** The first run, which takes a sample. */
    void begin() {
        cleanup.run();
        sample = store.sample().orElse(null);
    }

    /** The run once the sample is old enough. */
    void end() {
        nanoTime.addAndGet(Duration.ofMinutes(5).toNanos());
        cleanup.run();
    }

    void sweep() {
        if (sample != null) {
            store.sweep(0, store.pages(), sample.snapshot());
        }
    }

    void collect() {
        if (sample != null) {
            store.collect(sample);
        }
    }
}
