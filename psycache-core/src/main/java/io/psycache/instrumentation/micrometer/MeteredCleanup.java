package io.psycache.instrumentation.micrometer;

import io.psycache.instrumentation.CacheInstrumentation.CleanupSpan;
import io.psycache.instrumentation.TableContents;

/** A cleanup in meters. */
record MeteredCleanup(MeteredOperation operation, CleanupMeters meters) implements CleanupSpan {

    @Override
    public void recordDeleted(long count) {
        meters.deleted(count);
    }

    @Override
    public void recordContents(TableContents contents) {
        meters.found(contents);
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
