package io.psycache.interleaving;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.maintenance.Cleanup;
import io.psycache.internal.store.maintenance.MaintenanceStore;
import io.psycache.internal.store.maintenance.MaintenanceStore.Walk;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The collector of the log, for which every sample is old enough. */
final class Collector {
    private static final int PAGES = 1_000;

    private final MaintenanceStore store;
    private final Cleanup cleanup;
    private @Nullable Walk walk;

    Collector(SessionDataSource dataSource) {
        this.store = new MaintenanceStore(dataSource, new CacheTables("", "psycache"), Duration.ofSeconds(10));
        this.cleanup = new Cleanup(store, PAGES, Duration.ZERO);
    }

    /** A run, at the end of which there is a new sample. */
    void begin() {
        cleanup.run();
        walk = store.begin(Duration.ZERO, Duration.ZERO).orElse(null);
    }

    /** The run that collects it. */
    void end() {
        cleanup.run();
    }

    void sweep() {
        if (walk != null) {
            store.sweep(0, store.pages(), walk.sample());
        }
    }

    void sweepExpired() {
        store.sweep(0, store.pages(), null);
    }

    void collect() {
        if (walk != null) {
            store.end(walk, true);
            store.collect(0, store.logPages());
        }
    }
}
