package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.psycache.instrumentation.NearStatistics;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Meters of the copies in a process. Registries do not hold on to it, so that a cache that is gone can be collected. */
final class NearMeters {
    private final Supplier<NearStatistics> near;
    private final Meters meters;

    NearMeters(Supplier<NearStatistics> near, Meters meters) {
        this.near = near;
        this.meters = meters;
        counter("psycache.near.hits", NearStatistics::hits, "Number of keys found in a copy in the process");
        counter("psycache.near.looks", NearStatistics::looks, "Number of looks at the invalidation log");
        counter("psycache.near.look.callers", NearStatistics::lookCallers, "Number of gets that asked for a look");
        counter("psycache.near.look.rows", NearStatistics::lookRows, "Number of invalidations found by looks");
        counter(
                "psycache.near.floors",
                NearStatistics::floors,
                "Number of times that all copies in the process were given up");
        gauge("psycache.near.copies", null, NearStatistics::copies, "Number of copies in the process");
        gauge("psycache.near.bytes", "bytes", NearStatistics::bytes, "Size of the copies in the process");
        gauge(
                "psycache.near.look.age",
                "seconds",
                now -> seconds(now.lookAge()),
                "Time since the last look at the invalidation log was sent");
    }

    private void counter(String name, ToDoubleFunction<NearStatistics> value, String description) {
        FunctionCounter.builder(name, this, own -> value.applyAsDouble(own.near.get()))
                .tags(meters.tags())
                .description(description)
                .register(meters.registry());
    }

    private void gauge(String name, @Nullable String unit, ToDoubleFunction<NearStatistics> value, String description) {
        Gauge.builder(name, this, own -> value.applyAsDouble(own.near.get()))
                .tags(meters.tags())
                .description(description)
                .baseUnit(unit)
                .register(meters.registry());
    }

    private static double seconds(@Nullable Duration age) {
        return age == null ? Double.NaN : age.toNanos() / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
