package io.psycache.internal.entry;

import io.psycache.CacheValueException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.UnstorableValueException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/** Increments: at once and, as of a sequence, outside the caller's transaction. */
public final class Counters {
    private final CacheInstrumentation instrumentation;

    public Counters(CacheInstrumentation instrumentation) {
        this.instrumentation = instrumentation;
    }

    public Reply<Long> increment(Backend backend, View view, String key, long delta, @Nullable Duration ttl) {
        Span span = instrumentation.startSpan("put", List.of(key), view.spanName());
        Reply<Long> counted = backend.increment(StoredKeys.of(key), delta, ttl, view.tags())
                .map(value ->
                        value.orElseThrow(() -> refused(view, key, "the stored value is no integer of 64 bits", null)))
                .recover(failure -> Reply.failed(explained(backend, view, key, failure)));
        return Observed.of(span, counted, value -> value);
    }

    private static Throwable explained(Backend backend, View view, String key, Throwable failure) {
        if (failure instanceof UnstorableValueException refused) {
            return refused(view, key, String.valueOf(refused.getMessage()), refused);
        }
        return failure instanceof QueryTimeoutException late && backend.shared() == null
                ? new QueryTimeoutException(
                        late.getMessage() + ". The increment of '" + view.keys().of(key)
                                + "' may have happened. In a transaction it needs a second connection of the pool.",
                        late)
                : failure;
    }

    private static CacheValueException refused(View view, String key, String reason, @Nullable Throwable cause) {
        return view.keys().valueProblem(key, "long", reason, cause);
    }
}
