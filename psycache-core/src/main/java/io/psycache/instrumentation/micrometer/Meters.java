package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The meters of a registry that have some tags in common. */
record Meters(MeterRegistry registry, Tags tags) {
    /** The defaults of Prometheus' Python client. */
    private static final Duration[] DURATIONS = micros(
            5_000,
            10_000,
            25_000,
            50_000,
            75_000,
            100_000,
            250_000,
            500_000,
            750_000,
            1_000_000,
            2_500_000,
            5_000_000,
            7_500_000,
            10_000_000);

    static Duration[] micros(long... micros) {
        return LongStream.of(micros)
                .mapToObj(each -> Duration.ofNanos(1_000 * each))
                .toArray(Duration[]::new);
    }

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

    Timer timer(String name, String description, Duration... buckets) {
        return Timer.builder(name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    DistributionSummary summary(String name, String description, @Nullable String unit, double... buckets) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .tags(tags)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }
}
