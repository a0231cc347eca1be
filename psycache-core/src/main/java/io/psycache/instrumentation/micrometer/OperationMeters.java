package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/** The meters of operations that have no tag {@code span_name}. */
final class OperationMeters {
    final Timer removeDuration;
    final Timer flushDuration;
    final DistributionSummary flushedEntries;
    final Counter dropped;

    private final MeterRegistry registry;
    private final Tags tags;

    OperationMeters(MeterRegistry registry, Tags tags) {
        this.registry = registry;
        this.tags = tags;
        removeDuration = timer("psycache.remove.duration", "Time taken for cache remove operations");
        flushDuration = timer("psycache.flush.duration", "Time taken for cache flush operations");
        flushedEntries = DistributionSummary.builder("psycache.flushed.entries")
                .description("Number of entries flushed per flush operation")
                .tags(tags)
                .serviceLevelObjectives(Buckets.FLUSHED_ENTRIES)
                .register(registry);
        dropped = Counter.builder("psycache.puts.dropped")
                .description("Number of queued puts dropped, because too many waited or their batch failed")
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(Buckets.DURATIONS)
                .register(registry);
    }

    void failed(String operation, Throwable error) {
        Counter.builder("psycache.errors")
                .description("Number of cache operations that failed")
                .tags(tags)
                .tag("operation", operation)
                .tag("exception", error.getClass().getSimpleName())
                .register(registry)
                .increment();
    }
}
