package io.psycache.internal.entry;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;
import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.StoredKeys;
import java.util.List;
import java.util.function.LongConsumer;

/** Removals and invalidations. */
public record Removals(CacheInstrumentation instrumentation) {

    /** Removes distinct keys. @return how many had a valid entry */
    public Reply<Long> remove(Backend backend, View view, List<String> keys) {
        if (keys.isEmpty()) {
            return Reply.of(0L);
        }
        RemoveSpan span = instrumentation.startRemoveSpan(keys, view.spanName());
        List<String> stored = keys.stream().map(StoredKeys::of).toList();
        return recorded(span, span::recordRemoved, backend.remove(stored));
    }

    /** {@link #remove} that need not tell what was there. */
    public Reply<Long> evict(Backend backend, View view, String key) {
        RemoveSpan span = instrumentation.startRemoveSpan(List.of(key), view.spanName());
        return recorded(span, span::recordRemoved, backend.evict(List.of(StoredKeys.of(key))));
    }

    public Reply<Long> invalidateTags(Backend backend, View view, List<String> tags) {
        FlushSpan span = instrumentation.startFlushSpan(view.spanName());
        return recorded(span, span::recordFlushed, backend.invalidate(tags));
    }

    /** Invalidates every entry whose key begins with {@code prefix}. @return rows deleted; 0 in a transaction */
    public Reply<Long> removeByPrefix(Backend backend, View view, String prefix) {
        FlushSpan span = instrumentation.startFlushSpan(view.spanName());
        return recorded(span, span::recordFlushed, backend.invalidatePrefix(prefix));
    }

    private static Reply<Long> recorded(Span span, LongConsumer recorder, Reply<Long> removal) {
        return Observed.of(span, removal, count -> {
            recorder.accept(count);
            return count;
        });
    }
}
