package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation;
import io.sentry.IScopes;
import io.sentry.ISpan;
import io.sentry.ScopesAdapter;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observer that adds spans of Sentry's caches module, as Python psycache has them, to the span that is active on the calling
 * thread; where there is none it does nothing. A span is described by the span name, else by {@code psycache get} and so on.
 * Thread-safe.
 */
public final class SentryInstrumentation implements CacheInstrumentation {
    private final IScopes scopes;

    /** Of the SDK as {@code Sentry.init} has set it up, before or after this call. */
    public SentryInstrumentation() {
        this(ScopesAdapter.getInstance());
    }

    public SentryInstrumentation(IScopes scopes) {
        this.scopes = Objects.requireNonNull(scopes, "scopes");
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        ISpan active = active();
        return active == null
                ? CacheInstrumentation.super.startGetSpan(keys, spanName)
                : new SentryGet(SentrySpan.start(active, "get", spanName, keys));
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        ISpan active = active();
        return active == null
                ? CacheInstrumentation.super.startPutSpan(keys, spanName)
                : new SentryPut(SentrySpan.start(active, "put", spanName, keys));
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        ISpan active = active();
        return active == null
                ? CacheInstrumentation.super.startRemoveSpan(keys, spanName)
                : new SentryRemoval(SentrySpan.start(active, "remove", spanName, keys));
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        ISpan active = active();
        return active == null
                ? CacheInstrumentation.super.startFlushSpan(spanName)
                : new SentryFlush(SentrySpan.start(active, "flush", spanName, List.of()));
    }

    private @Nullable ISpan active() {
        ISpan span = scopes.getSpan();
        return span == null || span.isNoOp() || span.isFinished() ? null : span;
    }
}
