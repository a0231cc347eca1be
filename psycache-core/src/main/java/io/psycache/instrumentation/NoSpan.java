package io.psycache.instrumentation;

/** The span of an observer that does not care. */
enum NoSpan
        implements
                CacheInstrumentation.GetSpan, CacheInstrumentation.PutSpan, CacheInstrumentation.RemoveSpan,
                CacheInstrumentation.FlushSpan, CacheInstrumentation.CleanupSpan {
    INSTANCE;
}
