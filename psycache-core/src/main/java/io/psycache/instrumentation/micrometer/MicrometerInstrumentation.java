package io.psycache.instrumentation.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.psycache.instrumentation.CacheInstrumentation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Observer that counts and times in meters of Micrometer. Those that Python psycache has too carry the same names, labels and
 * buckets in Prometheus. A {@code span_name} is empty where an operation has no name. Keys are no tags. Thread-safe.
 */
public final class MicrometerInstrumentation implements CacheInstrumentation {
    private final MeterRegistry registry;
    private final OperationMeters operations;
    private final CleanupMeters cleanup;
    private final Map<String, NamedMeters> named = new ConcurrentHashMap<>();

    public MicrometerInstrumentation(MeterRegistry registry) {
        this.registry = registry;
        this.operations = new OperationMeters(registry);
        this.cleanup = new CleanupMeters(registry);
    }

    private NamedMeters named(@Nullable String spanName) {
        String name = spanName == null ? "" : spanName;
        NamedMeters known = named.get(name);
        return known != null ? known : named.computeIfAbsent(name, missing -> new NamedMeters(registry, missing));
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

    @Override
    public CleanupSpan startCleanupSpan() {
        return new MeteredCleanup(operations.start("cleanup", null), cleanup);
    }
}
