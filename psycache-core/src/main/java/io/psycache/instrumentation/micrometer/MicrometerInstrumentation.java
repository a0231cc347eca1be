package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.TableContents;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Observer that counts and times in meters of Micrometer. The meters that Python psycache has too carry the same names, labels
 * and buckets in Prometheus. A {@code span_name} is empty for an operation without a name. Keys are never tags. Thread-safe.
 */
public final class MicrometerInstrumentation implements CacheInstrumentation {
    private final MeterRegistry registry;
    private final Tags tags;
    private final OperationMeters operations;
    private final CleanupMeters cleanup;
    private final Map<Operation, LaneMeters> lanes = new ConcurrentHashMap<>();
    private final Map<String, NamedMeters> named = new ConcurrentHashMap<>();

    public MicrometerInstrumentation(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * @param tags added to every meter. If several caches share a registry, give each its own tags: without them the gauges are
     *     those of the first cache
     */
    public MicrometerInstrumentation(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = registry;
        this.tags = Tags.of(tags);
        this.operations = new OperationMeters(registry, this.tags);
        this.cleanup = new CleanupMeters(registry, this.tags);
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        NamedMeters meters = named(spanName);
        return new NamedSpan("get", meters.getDuration, meters);
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        NamedMeters meters = named(spanName);
        return new NamedSpan("put", meters.putDuration, meters);
    }

    @Override
    public PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return new NamedSpan("put", null, named(spanName));
    }

    private NamedMeters named(@Nullable String spanName) {
        String name = spanName == null ? "" : spanName;
        NamedMeters known = named.get(name);
        return known != null ? known : named.computeIfAbsent(name, missing -> new NamedMeters(registry, tags, missing));
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return new MeteredSpan("remove", operations.removeDuration);
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        return new MeteredSpan("flush", operations.flushDuration);
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        return new MeteredSpan("cleanup", null);
    }

    @Override
    public void recordLaneWait(Operation operation, long nanos) {
        lanes(operation).wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void recordBatch(Operation operation, int keys) {
        lanes(operation).batchSize.record(keys);
    }

    private LaneMeters lanes(Operation operation) {
        LaneMeters known = lanes.get(operation);
        return known != null
                ? known
                : lanes.computeIfAbsent(operation, missing -> new LaneMeters(registry, tags, missing));
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        named(spanName).refreshed(reason, result);
    }

    /** One operation: how long it takes, whether it fails, and how many entries it deletes. */
    private class MeteredSpan implements RemoveSpan, FlushSpan, CleanupSpan {
        private final String operation;
        private final @Nullable Timer duration;
        private final Clock clock = registry.config().clock();
        private final long started = clock.monotonicTime();

        /** @param duration null = not timed */
        MeteredSpan(String operation, @Nullable Timer duration) {
            this.operation = operation;
            this.duration = duration;
        }

        @Override
        public void recordFlushed(long count) {
            operations.flushedEntries.record(count);
        }

        @Override
        public void recordDeleted(long count) {
            cleanup.deleted(count);
        }

        @Override
        public void recordContents(TableContents contents) {
            cleanup.found(contents);
        }

        @Override
        public void recordError(Throwable error) {
            operations.failed(operation, error);
        }

        @Override
        public void close() {
            if (duration != null) {
                duration.record(clock.monotonicTime() - started, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** A get or a put, which has meters by its span name. */
    private final class NamedSpan extends MeteredSpan implements GetSpan, PutSpan {
        private final NamedMeters meters;

        NamedSpan(String operation, @Nullable Timer duration, NamedMeters meters) {
            super(operation, duration);
            this.meters = meters;
        }

        @Override
        public void recordHit(int itemSize) {
            meters.hits.increment();
            meters.itemSize.record(itemSize);
        }

        @Override
        public void recordMiss() {
            meters.misses.increment();
        }

        @Override
        public void recordStored(int itemSize) {
            meters.itemSize.record(itemSize);
        }

        @Override
        public void recordFenced() {
            meters.fenced.increment();
        }

        @Override
        public void recordDropped() {
            operations.dropped.increment();
        }
    }
}
