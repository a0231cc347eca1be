package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;

/** A flush in Sentry, with the number of rows deleted. */
final class SentryFlush implements FlushSpan {
    private final SentrySpan span;

    SentryFlush(SentrySpan span) {
        this.span = span;
    }

    @Override
    public void recordFlushed(long count) {
        span.set("cache.num_flushed", count);
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
