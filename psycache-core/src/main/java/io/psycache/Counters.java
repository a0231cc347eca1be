package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.store.EntryStore;
import io.psycache.store.StoredKeys;
import io.psycache.store.UnstorableValueException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/** Increments: at once and, like a sequence, outside the caller's transaction. */
final class Counters implements AutoCloseable {
    private final EntryStore store;
    private final CacheInstrumentation instrumentation;
    private final Duration timeout;
    private final ThreadPoolExecutor outside;

    Counters(EntryStore store, CacheInstrumentation instrumentation, Duration timeout) {
        this.store = store;
        this.instrumentation = instrumentation;
        this.timeout = timeout;
        this.outside = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, "psycache-increment");
            created.setDaemon(true);
            return created;
        });
        outside.allowCoreThreadTimeOut(true);
    }

    long increment(CacheView view, String key, long delta, @Nullable Duration ttl) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            return Spans.recorded(span, () -> {
                OptionalLong value =
                        store.inTransaction() ? onOwnThread(view, key, delta, ttl) : incremented(view, key, delta, ttl);
                return value.orElseThrow(
                        () -> new CacheValueException(key, "long", "the stored value is no integer of 64 bits", null));
            });
        }
    }

    private OptionalLong incremented(CacheView view, String key, long delta, @Nullable Duration ttl) {
        try {
            return store.increment(StoredKeys.of(key), delta, ttl, view.tags());
        } catch (UnstorableValueException e) {
            throw new CacheValueException(key, "long", String.valueOf(e.getMessage()), e);
        }
    }

    /** A second connection on the caller's thread could wait for the caller's own, so there is an end to the waiting. */
    private OptionalLong onOwnThread(CacheView view, String key, long delta, @Nullable Duration ttl) {
        CompletableFuture<OptionalLong> result =
                CompletableFuture.supplyAsync(() -> incremented(view, key, delta, ttl), outside);
        try {
            return result.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).join();
        } catch (CompletionException e) {
            throw failure(key, e);
        }
    }

    private RuntimeException failure(String key, CompletionException e) {
        if (e.getCause() instanceof TimeoutException) {
            return new QueryTimeoutException(
                    "No connection incremented '" + key + "' within " + timeout
                            + "; it may have happened since. A transaction needs a second connection of the pool for it.",
                    e);
        }
        return e.getCause() instanceof RuntimeException failure ? failure : e;
    }

    @Override
    public void close() {
        outside.shutdown();
    }
}
