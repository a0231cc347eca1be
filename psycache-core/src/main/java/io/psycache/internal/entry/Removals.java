package io.psycache.internal.entry;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import java.util.List;

/** Removals and invalidations. */
public record Removals(CacheInstrumentation instrumentation) {

    /** Removes distinct keys. @return how many had a valid entry */
    public Reply<Long> remove(Backend backend, View view, List<String> keys) {
        if (keys.isEmpty()) {
            return Reply.of(0L);
        }
        Span span = instrumentation.startSpan(Operation.REMOVE, keys, view.spanName());
        List<String> stored = keys.stream().map(view::stored).toList();
        return recorded(span, backend.remove(stored));
    }

    /** {@link #remove} that need not tell what was there. */
    public Reply<Long> evict(Backend backend, View view, String key) {
        Span span = instrumentation.startSpan(Operation.REMOVE, List.of(key), view.spanName());
        return recorded(span, backend.evict(List.of(view.stored(key))));
    }

    public Reply<Long> invalidateTags(Backend backend, View view, List<String> tags) {
        Span span = instrumentation.startSpan(Operation.FLUSH, List.of(), view.spanName());
        return recorded(span, backend.invalidate(tags.stream().map(view::tagOf).toList()));
    }

    /** Invalidates every entry whose key begins with {@code prefix}. @return rows deleted; 0 in a transaction */
    public Reply<Long> removeByPrefix(Backend backend, View view, String prefix) {
        Span span = instrumentation.startSpan(Operation.FLUSH, List.of(), view.spanName());
        return recorded(span, backend.invalidatePrefix(view.prefix() + prefix));
    }

    private static Reply<Long> recorded(Span span, Reply<Long> removal) {
        return Observed.of(span, removal, count -> {
            span.recordRemoved(count);
            return count;
        });
    }
}
