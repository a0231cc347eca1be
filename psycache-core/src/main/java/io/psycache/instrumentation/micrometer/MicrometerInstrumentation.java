package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.psycache.instrumentation.CacheInstrumentation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Observer that counts and times in meters of Micrometer. Those that Python psycache has too carry the same names, labels and
 * buckets in Prometheus. A {@code span_name} is empty where an operation has no name. Keys are no tags. Thread-safe.
 */
public final class MicrometerInstrumentation implements CacheInstrumentation {
    private final MeterRegistry registry;
    private final Tags tags;
    private final OperationMeters operations;
    private final CleanupMeters cleanup;
    private final Map<String, LaneMeters> lanes = new ConcurrentHashMap<>();
    private final Map<String, NamedMeters> named = new ConcurrentHashMap<>();

    public MicrometerInstrumentation(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * @param tags of every meter. They tell several caches with one registry apart: without, their gauges would be those of the
     *     first one
     */
    public MicrometerInstrumentation(MeterRegistry registry, Iterable<Tag> tags) {
        this.registry = registry;
        this.tags = Tags.of(tags);
        this.operations = new OperationMeters(registry, this.tags);
        this.cleanup = new CleanupMeters(registry, this.tags);
    }

    private NamedMeters named(@Nullable String spanName) {
        String name = spanName == null ? "" : spanName;
        NamedMeters known = named.get(name);
        return known != null ? known : named.computeIfAbsent(name, missing -> new NamedMeters(registry, tags, missing));
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        NamedMeters meters = named(spanName);
        return new MeteredGet(operations.start("get", meters.getDuration), meters);
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        NamedMeters meters = named(spanName);
        return new MeteredPut(operations.start("put", meters.putDuration), meters, operations);
    }

    @Override
    public PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return new MeteredPut(operations.start("put", null), named(spanName), operations);
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return new MeteredRemoval(operations.start("remove", operations.removeDuration));
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        return new MeteredFlush(operations.start("flush", operations.flushDuration), operations);
    }

    private LaneMeters lanes(String operation) {
        LaneMeters known = lanes.get(operation);
        return known != null
                ? known
                : lanes.computeIfAbsent(operation, missing -> new LaneMeters(registry, tags, missing));
    }

    @Override
    public void recordLaneWait(String operation, long nanos) {
        lanes(operation).wait.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void recordBatch(String operation, int keys) {
        lanes(operation).batchSize.record(keys);
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        named(spanName).refreshed(reason, result);
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        return new MeteredCleanup(operations.start("cleanup", null), cleanup);
    }
}
