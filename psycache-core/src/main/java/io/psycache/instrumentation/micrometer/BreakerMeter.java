package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Gauge;
import io.psycache.instrumentation.BreakerState;
import java.util.function.Supplier;

/** The meter of a circuit breaker. Registries do not hold on to it, so that a cache that is gone can be collected. */
final class BreakerMeter {
    private final Supplier<BreakerState> breaker;

    BreakerMeter(Supplier<BreakerState> breaker, Meters meters) {
        this.breaker = breaker;
        Gauge.builder("psycache.breaker", this, BreakerMeter::value)
                .tags(meters.tags())
                .description("Whether the circuit breaker is open: 1 while gets are skipped, else 0")
                .register(meters.registry());
    }

    private double value() {
        return breaker.get().isOpen() ? 1 : 0;
    }
}
