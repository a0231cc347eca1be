package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** The meters of a registry that have some tags in common. */
record Meters(MeterRegistry registry, Tags tags) {
    /** The defaults of Prometheus' Python client. */
    private static final double[] DURATIONS = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };

    /** The meters that have two or more tags too. */
    Meters with(String... keysAndValues) {
        return new Meters(registry, tags.and(keysAndValues));
    }

    Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    Timer duration(String operation) {
        String name = "psycache." + operation + ".duration";
        return timer(name, "Time taken for cache " + operation + " operations", DURATIONS);
    }

    /** @param buckets in seconds */
    Timer timer(String name, String description, double... buckets) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(DoubleStream.of(buckets)
                        .mapToObj(seconds -> Duration.ofNanos(Math.round(seconds * 1e9)))
                        .toArray(Duration[]::new))
                .register(registry);
    }

    /** @param buckets in {@code unit}; null = a number */
    DistributionSummary summary(String name, String description, @Nullable String unit, double... buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }
}
