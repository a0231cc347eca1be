package io.psycache.instrumentation.micrometer;

import io.psycache.instrumentation.CacheInstrumentation.FlushSpan;

/** A flush in meters. */
record MeteredFlush(MeteredOperation operation, OperationMeters operations) implements FlushSpan {

    @Override
    public void recordFlushed(long count) {
        operations.flushedEntries.record(count);
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
