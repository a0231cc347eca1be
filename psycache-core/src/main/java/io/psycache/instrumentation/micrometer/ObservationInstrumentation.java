package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.instrumentation.CacheInstrumentation;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observer that makes each operation an {@link Observation}, so that it appears in traces. It creates nothing while the registry
 * has no handlers. An observation is a child of the current one, and does not become the current one. Thread-safe.
 */
public final class ObservationInstrumentation implements CacheInstrumentation {
    private static final CacheObservationConvention DEFAULT_CONVENTION = new DefaultCacheObservationConvention();

    private final ObservationRegistry registry;
    private final @Nullable CacheObservationConvention convention;

    public ObservationInstrumentation(ObservationRegistry registry) {
        this(registry, null);
    }

    /** @param convention null = a global one of the registry, else the default */
    public ObservationInstrumentation(ObservationRegistry registry, @Nullable CacheObservationConvention convention) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.convention = convention;
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        ObservedSpan span = start("get", keys, spanName);
        return span != null ? span : CacheInstrumentation.super.startGetSpan(keys, spanName);
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        ObservedSpan span = start("put", keys, spanName);
        return span != null ? span : CacheInstrumentation.super.startPutSpan(keys, spanName);
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        ObservedSpan span = start("remove", keys, spanName);
        return span != null ? span : CacheInstrumentation.super.startRemoveSpan(keys, spanName);
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        ObservedSpan span = start("flush", List.of(), spanName);
        return span != null ? span : CacheInstrumentation.super.startFlushSpan(spanName);
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        ObservedSpan span = start("cleanup", List.of(), null);
        return span != null ? span : CacheInstrumentation.super.startCleanupSpan();
    }

    private @Nullable ObservedSpan start(String operation, List<String> keys, @Nullable String spanName) {
        if (registry.isNoop()) {
            return null;
        }
        CacheObservationContext context = new CacheObservationContext(operation, keys, spanName);
        Observation observation = Observation.createNotStarted(convention, DEFAULT_CONVENTION, () -> context, registry);
        return observation.isNoop() ? null : new ObservedSpan(observation.start(), context);
    }

    /** The span of an observation. */
    private record ObservedSpan(Observation observation, CacheObservationContext context)
            implements GetSpan, PutSpan, RemoveSpan, FlushSpan, CleanupSpan {

        @Override
        public void recordHit(int itemSize) {
            context.hit(itemSize);
        }

        @Override
        public void recordMiss() {
            context.missed();
        }

        @Override
        public void recordStored(int itemSize) {
            context.stored(itemSize);
        }

        @Override
        public void recordFenced() {
            context.fenced();
        }

        @Override
        public void recordRemoved(long count) {
            context.removed(count);
        }

        @Override
        public void recordFlushed(long count) {
            context.removed(count);
        }

        @Override
        public void recordDeleted(long count) {
            context.removed(count);
        }

        @Override
        public void recordError(Throwable error) {
            observation.error(error);
        }

        @Override
        public void close() {
            observation.stop();
        }
    }
}
