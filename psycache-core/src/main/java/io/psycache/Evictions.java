package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;
import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.Tags;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Removals: in a transaction they are part of it. */
final class Evictions {
    private final EntryStore store;
    private final InvalidationLog log;
    private final Requests requests;
    private final Invalidations invalidations;
    private final CacheInstrumentation instrumentation;

    Evictions(
            EntryStore store,
            InvalidationLog log,
            Requests requests,
            Invalidations invalidations,
            CacheInstrumentation instrumentation) {
        this.store = store;
        this.log = log;
        this.requests = requests;
        this.invalidations = invalidations;
        this.instrumentation = instrumentation;
    }

    /** Invalidates distinct keys. @return how many had a valid entry */
    long remove(CacheView view, List<String> keys) {
        if (keys.isEmpty()) {
            return 0;
        }
        return store.inTransaction()
                ? removeInside(view, keys)
                : removal(view, keys).run();
    }

    /** {@link #remove}, which outside a transaction blocks nobody. */
    CompletableFuture<Long> removeAsync(CacheView view, List<String> keys) {
        return keys.isEmpty() || store.inTransaction()
                ? CompletableFuture.completedFuture(remove(view, keys))
                : removal(view, keys).start();
    }

    private Operation<?, ?, Long> removal(CacheView view, List<String> keys) {
        RemoveSpan span = instrumentation.startRemoveSpan(keys, view.spanName());
        List<String> stored = keys.stream().map(StoredKeys::of).toList();
        invalidations.onceMore(() -> log.remove(stored));
        return Operation.of(span, requests.removals, stored, valid -> {
            span.recordRemoved(valid.size());
            return (long) valid.size();
        });
    }

    private long removeInside(CacheView view, List<String> keys) {
        try (RemoveSpan span = instrumentation.startRemoveSpan(keys, view.spanName())) {
            return Spans.recorded(span, () -> {
                List<String> stored = keys.stream().map(StoredKeys::of).toList();
                long valid = store.countValid(stored, view.joining());
                invalidate(stored.stream().map(Tags::ofKey).toList());
                span.recordRemoved(valid);
                return valid;
            });
        }
    }

    private void invalidate(List<String> tags) {
        invalidations.run(() -> log.invalidate(tags));
    }

    /** Invalidates without asking what was there. */
    void evict(CacheView view, String key) {
        if (!store.inTransaction()) {
            remove(view, List.of(key));
            return;
        }
        try (RemoveSpan span = instrumentation.startRemoveSpan(List.of(key), view.spanName())) {
            Spans.recorded(span, () -> {
                invalidate(List.of(Tags.ofKey(StoredKeys.of(key))));
                return key;
            });
        }
    }

    void invalidateTags(CacheView view, List<String> tags) {
        flushed(view, () -> {
            invalidate(tags);
            return 0;
        });
    }

    long removeByPrefix(CacheView view, String prefix) {
        return flushed(view, () -> {
            AtomicLong deleted = new AtomicLong();
            invalidations.run(() -> deleted.set(log.invalidatePrefix(prefix)));
            return deleted.get();
        });
    }

    /** {@link #invalidateTags}, which outside a transaction blocks nobody. */
    CompletableFuture<Void> invalidateTagsAsync(CacheView view, List<String> tags) {
        if (store.inTransaction()) {
            invalidateTags(view, tags);
            return CompletableFuture.completedFuture(null);
        }
        invalidations.onceMore(() -> log.invalidate(tags));
        FlushSpan span = instrumentation.startFlushSpan(view.spanName());
        return Operation.of(
                        span,
                        requests.<Boolean>alone(),
                        (inTime, inTimeLog) -> {
                            inTimeLog.invalidate(tags);
                            return true;
                        },
                        done -> {
                            span.recordFlushed(0);
                            return done;
                        })
                .start()
                .thenAccept(done -> {});
    }

    boolean anyValid(CacheView view, String tag) {
        return log.anyValid(tag, view.joining());
    }

    private long flushed(CacheView view, LongSupplier flush) {
        try (FlushSpan span = instrumentation.startFlushSpan(view.spanName())) {
            return Spans.recorded(span, () -> {
                long count = flush.getAsLong();
                span.recordFlushed(count);
                return count;
            });
        }
    }
}
