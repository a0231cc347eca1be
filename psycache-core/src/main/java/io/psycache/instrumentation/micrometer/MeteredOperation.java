package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One operation: how long it takes, and whether it fails. */
final class MeteredOperation {
    private final OperationMeters meters;
    private final String name;
    private final @Nullable Timer duration;
    private final Clock clock;
    private final long started;

    MeteredOperation(OperationMeters meters, String name, @Nullable Timer duration, Clock clock) {
        this.meters = meters;
        this.name = name;
        this.duration = duration;
        this.clock = clock;
        this.started = clock.monotonicTime();
    }

    void failed(Throwable error) {
        meters.failed(name, error);
    }

    void end() {
        if (duration != null) {
            duration.record(clock.monotonicTime() - started, TimeUnit.NANOSECONDS);
        }
    }
}
