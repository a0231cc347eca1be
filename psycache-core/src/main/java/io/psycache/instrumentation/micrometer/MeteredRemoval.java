package io.psycache.instrumentation.micrometer;

import io.psycache.instrumentation.CacheInstrumentation.RemoveSpan;

/** A removal in meters. */
record MeteredRemoval(MeteredOperation operation) implements RemoveSpan {

    @Override
    public void recordError(Throwable error) {
        operation.failed(error);
    }

    @Override
    public void close() {
        operation.end();
    }
}
