package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation.Span;
import java.util.function.Supplier;

/** Tells a span of a failure on its way. */
final class Spans {

    private Spans() {}

    static <T> T recorded(Span span, Supplier<T> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            span.recordError(e);
            throw e;
        }
    }
}
