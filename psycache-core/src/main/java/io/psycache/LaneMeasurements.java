package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
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

    private static String operation(String task) {
        return task.equals(Requests.OTHERS) ? "other" : task;
    }
}
