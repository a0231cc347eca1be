package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/** The meters of operations with one span name. */
final class NamedMeters {
    final Counter hits;
    final Counter misses;
    final Counter fenced;
    final Timer getDuration;
    final Timer putDuration;
    final DistributionSummary itemSize;

    private final MeterRegistry registry;
    private final Tags tags;

    NamedMeters(MeterRegistry registry, Tags common, String spanName) {
        this.registry = registry;
        this.tags = common.and("span_name", spanName);
        hits = counter(registry, "psycache.hits", "Number of cache hits", tags);
        misses = counter(registry, "psycache.misses", "Number of cache misses", tags);
        fenced = counter(
                registry,
                "psycache.puts.fenced",
                "Number of values not stored because they were invalidated after they had been loaded",
                tags);
        getDuration = timer(registry, "psycache.get.duration", "Time taken for cache get operations", tags);
        putDuration = timer(registry, "psycache.put.duration", "Time taken for cache put operations", tags);
        itemSize = DistributionSummary.builder("psycache.item.size")
                .description("Size of cache items: in the table on a hit, before PostgreSQL compresses them on a put")
                .baseUnit("bytes")
                .tags(tags)
                .serviceLevelObjectives(Buckets.ITEM_SIZES)
                .register(registry);
    }

    void refreshed(String reason, String result) {
        counter(
                        registry,
                        "psycache.refreshes",
                        "Number of refreshes in the background by their result",
                        tags.and("reason", reason, "result", result))
                .increment();
    }

    private static Counter counter(MeterRegistry registry, String name, String description, Tags tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private static Timer timer(MeterRegistry registry, String name, String description, Tags tags) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(Buckets.DURATIONS)
                .register(registry);
    }
}
