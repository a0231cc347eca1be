package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.psycache.instrumentation.Operation;

/** The meters of requests of one operation on the lanes. */
final class LaneMeters {
    final Timer wait;
    final DistributionSummary batchSize;

    LaneMeters(MeterRegistry registry, Tags tags, Operation operation) {
        wait = Timer.builder("psycache.lane.wait")
                .description("Time that requests outside transactions waited until they were sent")
                .tags(tags)
                .tag("operation", operation.tag())
                .serviceLevelObjectives(Buckets.WAITS)
                .register(registry);
        batchSize = DistributionSummary.builder("psycache.batch.size")
                .description("Number of keys that one statement carried for one or several callers")
                .baseUnit("keys")
                .tags(tags)
                .tag("operation", operation.tag())
                .serviceLevelObjectives(Buckets.BATCH_SIZES)
                .register(registry);
    }
}
