package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
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
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        if (registry.isNoop()) {
            return Span.NONE;
        }
        CacheObservationContext context = new CacheObservationContext(operation.tag(), keys, spanName);
        Observation observation = Observation.createNotStarted(convention, DEFAULT_CONVENTION, () -> context, registry);
        return observation.isNoop() ? Span.NONE : new ObservedSpan(observation.start(), context);
    }

    /** The span of an observation. */
    private record ObservedSpan(Observation observation, CacheObservationContext context) implements Span {

        @Override
        public void recordHit(int itemSize) {
            context.hits++;
            context.bytes += itemSize;
        }

        @Override
        public void recordMiss() {
            context.misses++;
        }

        @Override
        public void recordStored(int itemSize) {
            context.stored++;
            context.bytes += itemSize;
        }

        @Override
        public void recordFenced() {
            context.fenced++;
        }

        @Override
        public void recordSkipped(SkipReason reason) {
            context.skipped++;
        }

        @Override
        public void recordRemoved(long count) {
            context.removed += count;
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
