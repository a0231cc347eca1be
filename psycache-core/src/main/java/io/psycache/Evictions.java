package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;
import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;
import io.psycache.store.EntryStore;
import io.psycache.store.InvalidationLog;
import io.psycache.store.StoredKeys;
import io.psycache.store.Tags;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Removals: in a transaction they are part of it. */
final class Evictions {
    private final EntryStore store;
    private final InvalidationLog log;
    private final Invalidations invalidations;
    private final CacheInstrumentation instrumentation;

    Evictions(
            EntryStore store, InvalidationLog log, Invalidations invalidations, CacheInstrumentation instrumentation) {
        this.store = store;
        this.log = log;
        this.invalidations = invalidations;
        this.instrumentation = instrumentation;
    }

    /** Invalidates distinct keys. @return how many had a valid entry */
    long remove(CacheView view, List<String> keys) {
        if (keys.isEmpty()) {
            return 0;
        }
        try (RemoveSpan span = instrumentation.startRemoveSpan(keys, view.spanName())) {
            return Spans.recorded(span, () -> {
                List<String> stored = keys.stream().map(StoredKeys::of).toList();
                long removed = store.inTransaction() ? removeInside(view, stored) : removeOutside(stored);
                span.recordRemoved(removed);
                return removed;
            });
        }
    }

    private long removeOutside(List<String> stored) {
        invalidations.onceMore(() -> log.remove(stored));
        return log.remove(stored);
    }

    private long removeInside(CacheView view, List<String> stored) {
        long valid = store.countValid(stored, view.gets());
        invalidate(stored.stream().map(Tags::ofKey).toList());
        return valid;
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

    boolean anyValid(CacheView view, String tag) {
        return log.anyValid(tag, view.gets());
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
