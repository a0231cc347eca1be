package io.psycache.instrumentation.micrometer;

import java.time.Duration;
import java.util.stream.LongStream;

/** The histogram buckets of Python psycache. */
final class Buckets {

    /** The defaults of Prometheus' Python client. */
    static final Duration[] DURATIONS = LongStream.of(
                    5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    static final double[] ITEM_SIZES = {64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576};

    /** Without Python's 0, which Micrometer refuses. */
    static final double[] FLUSHED_ENTRIES = {1, 5, 10, 25, 50, 100, 250, 500, 1_000};

    /** The first is for a free lane, the last is the default of {@code psycache.timeout}. */
    static final Duration[] WAITS = LongStream.of(
                    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000)
            .mapToObj(micros -> Duration.ofNanos(1_000 * micros))
            .toArray(Duration[]::new);

    /** Up to the default of {@code psycache.max-batch}, then the largest get. */
    static final double[] BATCH_SIZES = {1, 2, 5, 10, 20, 50, 100, 1_000};

    private Buckets() {}
}
