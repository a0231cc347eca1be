package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import io.psycache.instrumentation.CacheInstrumentation.CleanupSpan;
import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;
import io.psycache.instrumentation.CacheInstrumentation.GetSpan;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;

/** The span of an observation, of any kind. */
record ObservedOperation(Observation observation, CacheObservationContext context)
        implements GetSpan, PutSpan, RemoveSpan, FlushSpan, CleanupSpan {

    @Override
    public void recordHit(int itemSize) {
        context.hit(itemSize);
    }

    @Override
    public void recordMiss() {
        context.missed();
    }

    @Override
    public void recordStored(int itemSize) {
        context.stored(itemSize);
    }

    @Override
    public void recordFenced() {
        context.fenced();
    }

    @Override
    public void recordRemoved(long count) {
        context.removed(count);
    }

    @Override
    public void recordFlushed(long count) {
        context.removed(count);
    }

    @Override
    public void recordDeleted(long count) {
        context.removed(count);
    }

    @Override
    public void recordError(Throwable error) {
        observation.error(error);
    }

    @Override
    public void close() {
        observation.stop();
    }
}
