package io.psycache.internal.lane;

import io.psycache.instrumentation.CacheInstrumentation;
import java.util.ArrayList;
import java.util.List;

/** Calls of one route that go together. Used by one thread at a time. */
record Batch<Q, A>(Route<Q, A> route, List<Call<Q, A>> calls) {

    static <Q, A> Batch<Q, A> of(Route<Q, A> route) {
        List<Call<Q, A>> calls = new ArrayList<>();
        route.fill(calls);
        return new Batch<>(route, calls);
    }

    /**
     * Makes one of those who wait carry this batch: the one who came last, since the batch may take as long as its leader
     * waits.
     */
    boolean appointLeader() {
        for (int i = calls.size() - 1; i >= 0; i--) {
            Call<Q, A> call = calls.get(i);
            if (call.lead(calls)) {
                call.wakeUp();
                return true;
            }
        }
        return false;
    }

    /** Adds what has queued meanwhile, and drops those who have left. @return whether there is anything to send */
    boolean complete() {
        route.fill(calls);
        calls.removeIf(Call::hasLeft);
        return !calls.isEmpty();
    }

    void tell(CacheInstrumentation listener) {
        long now = System.nanoTime();
        calls.forEach(call -> listener.recordLaneWait(route.operation(), now - call.queuedAt()));
        listener.recordBatch(route.operation(), Route.weight(calls));
    }

    /** Fails those that have no answer. */
    void fail(RuntimeException reason) {
        calls.forEach(call -> call.fail(reason));
    }

    void settle() {
        calls.forEach(Call::settle);
    }
}
