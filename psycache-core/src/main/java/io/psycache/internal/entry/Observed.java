package io.psycache.internal.entry;

import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.internal.backend.Reply;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Replies under observation. */
final class Observed {

    private Observed() {}

    /** A reply, converted by {@code result}; the span ends with it, and is told its failure. */
    static <A extends @Nullable Object, R extends @Nullable Object> Reply<R> of(
            Span span, Reply<A> reply, Function<? super A, ? extends R> result) {
        return reply.<R>map(result).whenDone((value, failure) -> {
            if (failure != null) {
                span.recordError(failure);
            }
            span.close();
        });
    }
}
