package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/** The meters of operations with one span name. */
final class NamedMeters {
    private static final String TAG = "span_name";

    final Counter hits;
    final Counter misses;
    final Counter fenced;
    final Timer getDuration;
    final Timer putDuration;
    final DistributionSummary itemSize;

    NamedMeters(MeterRegistry registry, String spanName) {
        hits = counter(registry, "psycache.hits", "Number of cache hits", spanName);
        misses = counter(registry, "psycache.misses", "Number of cache misses", spanName);
        fenced = counter(
                registry,
                "psycache.puts.fenced",
                "Number of values not stored because they were invalidated after they had been loaded",
                spanName);
        getDuration = timer(registry, "psycache.get.duration", "Time taken for cache get operations", spanName);
        putDuration = timer(registry, "psycache.put.duration", "Time taken for cache put operations", spanName);
        itemSize = DistributionSummary.builder("psycache.item.size")
                .description("Size of cache items: in the table on a hit, before PostgreSQL compresses them on a put")
                .baseUnit("bytes")
                .tag(TAG, spanName)
                .serviceLevelObjectives(Buckets.ITEM_SIZES)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description, String spanName) {
        return Counter.builder(name).description(description).tag(TAG, spanName).register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name, String description, String spanName) {
        return Timer.builder(name)
                .description(description)
                .tag(TAG, spanName)
                .serviceLevelObjectives(Buckets.DURATIONS)
                .register(registry);
    }
}
