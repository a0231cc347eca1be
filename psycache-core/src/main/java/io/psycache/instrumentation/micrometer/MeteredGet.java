package io.psycache.instrumentation.micrometer;

import io.psycache.instrumentation.CacheInstrumentation.GetSpan;

/** A get in meters. */
record MeteredGet(MeteredOperation operation, NamedMeters meters) implements GetSpan {

    @Override
    public void recordHit(int itemSize) {
        meters.hits.increment();
        meters.itemSize.record(itemSize);
    }

    @Override
    public void recordMiss() {
        meters.misses.increment();
    }

    @Override
    public void recordError(Throwable error) {
        operation.failed(error);
    }

    @Override
    public void close() {
        operation.end();
    }
}
