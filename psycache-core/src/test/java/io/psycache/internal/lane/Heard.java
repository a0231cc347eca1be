package io.psycache.internal.lane;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it is told. */
final class Heard implements CacheInstrumentation {
    final List<Long> waits = new CopyOnWriteArrayList<>();
    final List<String> batches = new CopyOnWriteArrayList<>();

    @Override
    public void recordLaneWait(Operation operation, long nanos) {
        waits.add(nanos);
    }

    @Override
    public void recordBatch(Operation operation, int keys) {
        batches.add(operation.tag() + " " + keys);
    }
}
