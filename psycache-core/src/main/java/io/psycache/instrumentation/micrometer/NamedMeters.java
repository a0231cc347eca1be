package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import io.psycache.instrumentation.SkipReason;

/** The meters of operations with one span name. */
final class NamedMeters {
    private static final double[] SIZES = {64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576};

    final Counter hits;
    final Counter misses;
    final Counter fenced;
    final Counter stale;
    final Timer getDuration;
    final Timer putDuration;
    final DistributionSummary itemSize;

    private final Meters meters;

    NamedMeters(Meters meters) {
        this.meters = meters;
        hits = meters.counter("psycache.hits", "Number of cache hits");
        misses = meters.counter("psycache.misses", "Number of cache misses");
        fenced = meters.counter(
                "psycache.puts.fenced",
                "Number of values not stored because they were invalidated after they had been loaded");
        stale = meters.counter("psycache.stale.served", "Number of expired values returned because their load failed");
        getDuration = meters.duration("get");
        putDuration = meters.duration("put");
        itemSize = meters.summary(
                "psycache.item.size",
                "Size of cache items: in the table on a hit, before PostgreSQL compresses them on a put",
                "bytes",
                SIZES);
    }

    void skipped(SkipReason reason) {
        meters.with("reason", reason.tag())
                .counter("psycache.puts.skipped", "Number of values not stored whatever they are, by the reason")
                .increment();
    }

    void refreshed(String reason, String result) {
        meters.with("reason", reason, "result", result)
                .counter("psycache.refreshes", "Number of refreshes in the background by their result")
                .increment();
    }
}
