package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.sentry.IScopes;
import io.sentry.ISpan;
import io.sentry.ScopesAdapter;
import io.sentry.SpanStatus;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observer that adds spans of Sentry's caches module, as Python psycache has them, to the active span of the calling thread;
 * without an active span it does nothing. The description of a span is the span name, else {@code psycache get} and so on.
 * Thread-safe.
 */
public final class SentryInstrumentation implements CacheInstrumentation {
    private static final String ORIGIN = "auto.cache.psycache";

    private final IScopes scopes;

    /** An observer for the SDK as {@code Sentry.init} configures it, before or after this call. */
    public SentryInstrumentation() {
        this(ScopesAdapter.getInstance());
    }

    public SentryInstrumentation(IScopes scopes) {
        this.scopes = Objects.requireNonNull(scopes, "scopes");
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        ISpan active = scopes.getSpan();
        if (active == null || active.isNoOp() || active.isFinished() || operation == Operation.CLEANUP) {
            return Span.NONE;
        }
        ISpan child = active.startChild(
                "cache." + operation.tag(), spanName != null ? spanName : "psycache " + operation.tag());
        child.getSpanContext().setOrigin(ORIGIN);
        if (!keys.isEmpty()) {
            child.setData("cache.key", keys);
        }
        return new SentrySpan(child, operation == Operation.FLUSH);
    }

    /** A child of the active span. A get is a hit if every key is one; sizes are those of all values. */
    private static final class SentrySpan implements Span {
        private final ISpan span;
        private final boolean isFlush;
        private long size;
        private boolean missed;

        SentrySpan(ISpan span, boolean isFlush) {
            this.span = span;
            this.isFlush = isFlush;
        }

        @Override
        public void recordHit(int itemSize) {
            span.setData("cache.hit", !missed);
            addSize(itemSize);
        }

        @Override
        public void recordMiss() {
            missed = true;
            span.setData("cache.hit", false);
        }

        @Override
        public void recordStored(int itemSize) {
            addSize(itemSize);
        }

        @Override
        public void recordQueued(int jsonSize) {
            addSize(jsonSize);
        }

        private void addSize(int bytes) {
            size += bytes;
            span.setData("cache.item_size", size);
        }

        @Override
        public void recordRemoved(long count) {
            if (isFlush) {
                span.setData("cache.num_flushed", count);
            }
        }

        @Override
        public void recordError(Throwable error) {
            span.setThrowable(error);
            span.setStatus(SpanStatus.INTERNAL_ERROR);
        }

        @Override
        public void close() {
            span.setData("cache.success", span.getStatus() == null);
            span.finish(span.getStatus() == null ? SpanStatus.OK : span.getStatus());
        }
    }
}
