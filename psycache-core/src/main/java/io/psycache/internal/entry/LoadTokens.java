package io.psycache.internal.entry;

import io.psycache.ReadContexts;
import io.psycache.internal.store.LoadToken;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Gives a load in a {@link ReadContexts context} the token that was taken while the context was empty: what the context holds
 * was read since, so a put under that token is refused if it has been invalidated since. Thread-safe.
 */
public final class LoadTokens {
    private final ReadContexts contexts;
    private final Map<Object, LoadToken> whileEmpty = Collections.synchronizedMap(new WeakHashMap<>());

    public LoadTokens(ReadContexts contexts) {
        this.contexts = contexts;
    }

    /** The token of a load that begins now. @param fresh taken just now on this thread; null = nothing must be stored */
    public @Nullable LoadToken ofLoad(@Nullable LoadToken fresh) {
        if (fresh == null) {
            return null;
        }
        Map<?, Boolean> bound = contexts.bound();
        bound.forEach((context, empty) -> {
            if (empty) {
                whileEmpty.put(context, fresh);
            }
        });
        return oldest(bound, fresh);
    }

    /**
     * The token of a value that is made from now on. It is not kept for loads: in a transaction it may show what that has
     * written, as if it were committed.
     */
    public @Nullable LoadToken ofMoment(@Nullable LoadToken fresh) {
        return fresh == null ? null : oldest(contexts.bound(), fresh);
    }

    /** A fresh token can be older than a kept one: in a transaction with one snapshot, which was suspended meanwhile. */
    private @Nullable LoadToken oldest(Map<?, Boolean> bound, LoadToken fresh) {
        LoadToken oldest = fresh;
        for (Map.Entry<?, Boolean> context : bound.entrySet()) {
            LoadToken kept = context.getValue() ? fresh : whileEmpty.get(context.getKey());
            oldest = oldest == null || kept == null ? null : oldest.olderOf(kept);
        }
        return oldest;
    }

    /** Whether what this thread loads from now on is not older than a lookup that another thread makes for it now. */
    public boolean isFresh() {
        return !contexts.bound().containsValue(false);
    }
}
