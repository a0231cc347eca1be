package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.instrumentation.TableContents;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Observer that counts and times in meters of Micrometer. The meters that Python psycache has too carry the same names, labels
 * and buckets in Prometheus. A {@code span_name} is empty for an operation without a name. Keys are never tags. Thread-safe.
 */
public final class MicrometerInstrumentation implements CacheInstrumentation {
    /** Those of Python psycache but for its first one, 0, which Micrometer refuses. */
    private static final double[] FLUSHED = {1, 5, 10, 25, 50, 100, 250, 500, 1_000};

    private final Meters meters;
    private final Clock clock;
    private final CleanupMeters cleanup;
    private final Timer removeDuration;
    private final Timer flushDuration;
    private final DistributionSummary flushedEntries;
    private final Counter dropped;
    private final Map<Operation, LaneMeters> lanes = new ConcurrentHashMap<>();
    private final Map<String, NamedMeters> named = new ConcurrentHashMap<>();
    private volatile @Nullable NearMeters copies;
    private volatile @Nullable BreakerMeter circuit;

    public MicrometerInstrumentation(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * @param tags added to every meter. If several caches share a registry, give each its own tags: without them the gauges are
     *     those of the first cache
     */
    public MicrometerInstrumentation(MeterRegistry registry, Iterable<Tag> tags) {
        clock = registry.config().clock();
        meters = new Meters(registry, Tags.of(tags));
        cleanup = new CleanupMeters(meters);
        removeDuration = meters.duration("remove");
        flushDuration = meters.duration("flush");
        flushedEntries = meters.summary(
                "psycache.flushed.entries", "Number of entries flushed per flush operation", null, FLUSHED);
        dropped = meters.counter(
                "psycache.puts.dropped",
                "Number of queued puts dropped, because too many waited or their batch failed");
    }

    /** The number of entries of a cache after the last cleanup of this process; 0 before the first one. */
    public long entries(String cache) {
        return cleanup.entries(cache);
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        Timer duration = switch (operation) {
            case GET -> named(spanName).getDuration;
            case PUT -> named(spanName).putDuration;
            case REMOVE -> removeDuration;
            case FLUSH -> flushDuration;
            default -> null;
        };
        return new MeteredSpan(operation, spanName, duration);
    }

    @Override
    public Span startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return new MeteredSpan(Operation.PUT, spanName, null);
    }

    private NamedMeters named(@Nullable String spanName) {
        String name = spanName == null ? "" : spanName;
        NamedMeters known = named.get(name);
        return known != null
                ? known
                : named.computeIfAbsent(name, missing -> new NamedMeters(meters.with("span_name", missing)));
    }

    @Override
    public void recordLaneWait(Operation operation, long nanos) {
        lanes(operation).waiting.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void recordBatch(Operation operation, int keys) {
        lanes(operation).batchSize.record(keys);
    }

    private LaneMeters lanes(Operation operation) {
        LaneMeters known = lanes.get(operation);
        return known != null
                ? known
                : lanes.computeIfAbsent(operation, missing -> LaneMeters.of(meters.with("operation", missing.tag())));
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        named(spanName).refreshed(reason, result);
    }

    @Override
    public void recordStaleIfError(@Nullable String spanName) {
        named(spanName).stale.increment();
    }

    /** Of several caches the meters are those of the first one. */
    @Override
    public void bindNear(Supplier<NearStatistics> near) {
        if (copies == null) {
            copies = new NearMeters(near, meters);
        }
    }

    /** Of several caches the meter is that of the first one. */
    @Override
    public void bindBreaker(Supplier<BreakerState> breaker) {
        if (circuit == null) {
            circuit = new BreakerMeter(breaker, meters);
        }
    }

    /** The meters of requests of one operation on the lanes. */
    private record LaneMeters(Timer waiting, DistributionSummary batchSize) {
        /** The first is for a free lane, the last is the default of {@code psycache.timeout}. */
        private static final double[] WAITS = {
            0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5
        };

        /** Up to the default of {@code psycache.max-batch}, then the largest get. */
        private static final double[] BATCH_SIZES = {1, 2, 5, 10, 20, 50, 100, 1_000};

        static LaneMeters of(Meters meters) {
            return new LaneMeters(
                    meters.timer(
                            "psycache.lane.wait",
                            "Time that requests outside transactions waited until they were sent",
                            WAITS),
                    meters.summary(
                            "psycache.batch.size",
                            "Number of keys that one statement carried for one or several callers",
                            "keys",
                            BATCH_SIZES));
        }
    }

    /** One operation: how long it takes, whether it fails, what it finds, stores and deletes. */
    private final class MeteredSpan implements Span {
        private final Operation operation;
        private final @Nullable String spanName;
        private final @Nullable Timer duration;
        private final long started = clock.monotonicTime();

        /** @param duration null = not timed */
        MeteredSpan(Operation operation, @Nullable String spanName, @Nullable Timer duration) {
            this.operation = operation;
            this.spanName = spanName;
            this.duration = duration;
        }

        @Override
        public void recordHit(int itemSize) {
            NamedMeters counted = named(spanName);
            counted.hits.increment();
            counted.itemSize.record(itemSize);
        }

        @Override
        public void recordMiss() {
            named(spanName).misses.increment();
        }

        @Override
        public void recordStored(int itemSize) {
            named(spanName).itemSize.record(itemSize);
        }

        @Override
        public void recordFenced() {
            named(spanName).fenced.increment();
        }

        @Override
        public void recordSkipped(SkipReason reason) {
            named(spanName).skipped(reason);
        }

        @Override
        public void recordDropped() {
            dropped.increment();
        }

        @Override
        public void recordRemoved(long count) {
            switch (operation) {
                case FLUSH -> flushedEntries.record(count);
                case CLEANUP -> cleanup.deleted(count);
                default -> {}
            }
        }

        @Override
        public void recordContents(TableContents contents) {
            cleanup.found(contents);
        }

        @Override
        public void recordError(Throwable error) {
            meters.with(
                            "operation",
                            operation.tag(),
                            "exception",
                            error.getClass().getSimpleName())
                    .counter("psycache.errors", "Number of cache operations that failed")
                    .increment();
        }

        @Override
        public void close() {
            if (duration != null) {
                duration.record(clock.monotonicTime() - started, TimeUnit.NANOSECONDS);
            }
        }
    }
}
