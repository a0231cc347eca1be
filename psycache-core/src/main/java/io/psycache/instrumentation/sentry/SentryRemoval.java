package io.psycache.instrumentation.sentry;

import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;

/** A removal in Sentry. */
final class SentryRemoval implements RemoveSpan {
    private final SentrySpan span;

    SentryRemoval(SentrySpan span) {
        this.span = span;
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
