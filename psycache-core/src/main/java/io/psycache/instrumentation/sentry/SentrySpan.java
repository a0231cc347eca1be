package io.psycache.instrumentation.sentry;

import io.sentry.ISpan;
import io.sentry.SpanStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child of the active span. */
final class SentrySpan {
    private static final String ORIGIN = "auto.cache.psycache";

    private final ISpan span;

    private SentrySpan(ISpan span) {
        this.span = span;
    }

    static SentrySpan start(ISpan parent, String operation, @Nullable String spanName, List<String> keys) {
        ISpan child = parent.startChild("cache." + operation, spanName != null ? spanName : "psycache " + operation);
        child.getSpanContext().setOrigin(ORIGIN);
        if (!keys.isEmpty()) {
            child.setData("cache.key", keys);
        }
        return new SentrySpan(child);
    }

    void set(String name, Object value) {
        span.setData(name, value);
    }

    void failed(Throwable error) {
        span.setThrowable(error);
        span.setStatus(SpanStatus.INTERNAL_ERROR);
    }

    void end() {
        set("cache.success", span.getStatus() == null);
        span.finish(span.getStatus() == null ? SpanStatus.OK : span.getStatus());
    }
}
