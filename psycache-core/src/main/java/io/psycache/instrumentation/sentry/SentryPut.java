package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation.PutSpan;

/** A put in Sentry, with the size of the values stored. */
final class SentryPut implements PutSpan {
    private final SentrySpan span;
    private long size;

    SentryPut(SentrySpan span) {
        this.span = span;
    }

    @Override
    public void recordStored(int itemSize) {
        size += itemSize;
        span.set("cache.item_size", size);
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
