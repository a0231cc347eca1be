package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.UnstorableValueException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/** Increments: at once and, like a sequence, outside the caller's transaction. */
final class Counters {
    private final EntryStore store;
    private final Requests requests;
    private final CacheInstrumentation instrumentation;
    private final Duration timeout;

    Counters(EntryStore store, Requests requests, CacheInstrumentation instrumentation, Duration timeout) {
        this.store = store;
        this.requests = requests;
        this.instrumentation = instrumentation;
        this.timeout = timeout;
    }

    long increment(CacheView view, String key, long delta, @Nullable Duration ttl) {
        Operation<?, ?, Long> increment = operation(view, key, delta, ttl);
        return store.inTransaction() ? onAnotherThread(view, key, increment) : increment.run();
    }

    /** {@link #increment}, which blocks nobody. */
    CompletableFuture<Long> incrementAsync(CacheView view, String key, long delta, @Nullable Duration ttl) {
        return operation(view, key, delta, ttl).start();
    }

    private Operation<?, ?, Long> operation(CacheView view, String key, long delta, @Nullable Duration ttl) {
        PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName());
        return Operation.of(
                        span,
                        requests.<OptionalLong>alone(),
                        (inTime, log) -> inTime.increment(StoredKeys.of(key), delta, ttl, view.tags()),
                        value -> value.orElseThrow(
                                () -> refused(view, key, "the stored value is no integer of 64 bits", null)))
                .explained(failure -> failure instanceof UnstorableValueException refused
                        ? refused(view, key, String.valueOf(refused.getMessage()), refused)
                        : failure);
    }

    private static CacheValueException refused(CacheView view, String key, String reason, @Nullable Throwable cause) {
        return view.keys().valueProblem(key, "long", reason, cause);
    }

    /** A second connection on the caller's thread could wait for the caller's own, so there is an end to the waiting. */
    private long onAnotherThread(CacheView view, String key, Operation<?, ?, Long> increment) {
        try {
            return increment
                    .start()
                    .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            throw failure(view, key, e);
        }
    }

    private RuntimeException failure(CacheView view, String key, CompletionException e) {
        if (e.getCause() instanceof TimeoutException || e.getCause() instanceof QueryTimeoutException) {
            return new QueryTimeoutException(
                    "No connection incremented '" + view.keys().of(key) + "' within " + timeout
                            + "; it may have happened since. A transaction needs a second connection of the pool for it.",
                    e);
        }
        return e.getCause() instanceof RuntimeException failure ? failure : e;
    }
}
