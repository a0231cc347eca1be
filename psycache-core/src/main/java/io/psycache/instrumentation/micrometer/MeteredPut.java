package io.psycache.instrumentation.micrometer;

import io.psycache.instrumentation.CacheInstrumentation.PutSpan;

/** A put in meters. */
record MeteredPut(MeteredOperation operation, NamedMeters meters, OperationMeters operations) implements PutSpan {

    @Override
    public void recordStored(int itemSize) {
        meters.itemSize.record(itemSize);
    }

    @Override
    public void recordFenced() {
        meters.fenced.increment();
    }

    @Override
    public void recordDropped() {
        operations.dropped.increment();
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
