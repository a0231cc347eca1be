package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.instrumentation.CacheInstrumentation;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observer that makes each operation an {@link Observation}, so that it appears in traces. Where the registry has no handlers
 * nothing is created. An observation is a child of the current one, and does not become the current one. Thread-safe.
 */
public final class ObservationInstrumentation implements CacheInstrumentation {
    private static final CacheObservationConvention DEFAULT_CONVENTION = new DefaultCacheObservationConvention();

    private final ObservationRegistry registry;
    private final @Nullable CacheObservationConvention convention;

    public ObservationInstrumentation(ObservationRegistry registry) {
        this(registry, null);
    }

    /** @param convention null = the default, or a global one of the registry */
    public ObservationInstrumentation(ObservationRegistry registry, @Nullable CacheObservationConvention convention) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.convention = convention;
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        ObservedOperation started = start("get", keys, spanName);
        return started == null ? CacheInstrumentation.super.startGetSpan(keys, spanName) : started;
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        ObservedOperation started = start("put", keys, spanName);
        return started == null ? CacheInstrumentation.super.startPutSpan(keys, spanName) : started;
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        ObservedOperation started = start("remove", keys, spanName);
        return started == null ? CacheInstrumentation.super.startRemoveSpan(keys, spanName) : started;
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        ObservedOperation started = start("flush", List.of(), spanName);
        return started == null ? CacheInstrumentation.super.startFlushSpan(spanName) : started;
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        ObservedOperation started = start("cleanup", List.of(), null);
        return started == null ? CacheInstrumentation.super.startCleanupSpan() : started;
    }

    private @Nullable ObservedOperation start(String operation, List<String> keys, @Nullable String spanName) {
        if (registry.isNoop()) {
            return null;
        }
        CacheObservationContext context = new CacheObservationContext(operation, keys, spanName);
        Observation observation = Observation.createNotStarted(convention, DEFAULT_CONVENTION, () -> context, registry);
        return observation.isNoop() ? null : new ObservedOperation(observation.start(), context);
    }
}
