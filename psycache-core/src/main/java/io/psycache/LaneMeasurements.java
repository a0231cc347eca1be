package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.lane.LaneListener;

/** Tells observers what happens in the lanes. */
record LaneMeasurements(CacheInstrumentation instrumentation) implements LaneListener {

    @Override
    public void waited(String task, long nanos) {
        instrumentation.recordLaneWait(operation(task), nanos);
    }

    @Override
    public void sending(String task, int keys) {
        instrumentation.recordBatch(operation(task), keys);
    }

    private static Operation operation(String task) {
        return switch (task) {
            case "get" -> Operation.GET;
            case "put" -> Operation.PUT;
            case "remove" -> Operation.REMOVE;
            default -> Operation.INVALIDATE; // requests that go alone, and leases: one to the meters
        };
    }
}
