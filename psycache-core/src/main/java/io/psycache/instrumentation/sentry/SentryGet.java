package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation.GetSpan;

/** A get in Sentry: a hit where every key is one, with the size of all values. */
final class SentryGet implements GetSpan {
    private final SentrySpan span;
    private long size;
    private boolean missed;

    SentryGet(SentrySpan span) {
        this.span = span;
    }

    @Override
    public void recordHit(int itemSize) {
        size += itemSize;
        span.set("cache.hit", !missed);
        span.set("cache.item_size", size);
    }

    @Override
    public void recordMiss() {
        missed = true;
        span.set("cache.hit", false);
    }

    @Override
    public void recordError(Throwable error) {
        span.failed(error);
    }

    @Override
    public void close() {
        span.end();
    }
}
