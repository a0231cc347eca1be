package io.psycache.instrumentation;

/** Span of an observer that does not observe the operation. */
enum NoSpan
        implements
                CacheInstrumentation.GetSpan, CacheInstrumentation.PutSpan, CacheInstrumentation.RemoveSpan,
                CacheInstrumentation.FlushSpan, CacheInstrumentation.CleanupSpan {
    INSTANCE;
}
