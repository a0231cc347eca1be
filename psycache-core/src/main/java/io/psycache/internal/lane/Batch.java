package io.psycache.internal.lane;

import java.util.ArrayList;
import java.util.List;
import org.springframework.dao.QueryTimeoutException;

/** Calls of one route that go together. Used by one thread at a time. */
final class Batch<Q, A> {
    private final Route<Q, A> route;
    private final List<Call<Q, A>> calls = new ArrayList<>();
    private int weight;

    Batch(Route<Q, A> route) {
        this.route = route;
    }

    boolean isEmpty() {
        return calls.isEmpty();
    }

    boolean hasRoomFor(Call<?, ?> call) {
        return calls.isEmpty() || weight + call.weight() <= route.maxWeight();
    }

    void add(Call<Q, A> call) {
        calls.add(call);
        weight += call.weight();
    }

    /**
     * Makes one of those who wait carry this batch: the one who came last, since the batch may take as long as its leader
     * waits.
     */
    boolean appointLeader() {
        for (int i = calls.size() - 1; i >= 0; i--) {
            Call<Q, A> call = calls.get(i);
            if (call.lead(this)) {
                call.wakeUp();
                return true;
            }
        }
        return false;
    }

    /** Sends the batch, with what has queued meanwhile and without those who have left. @return whether there was an answer */
    boolean send(long deadline, LaneListener listener) {
        route.fill(this);
        calls.removeIf(Call::hasLeft);
        if (calls.isEmpty()) {
            return false;
        }
        tell(listener);
        try {
            route.send(List.copyOf(calls), deadline);
            return true;
        } catch (RuntimeException e) {
            fail(e);
            return !(e instanceof QueryTimeoutException);
        } catch (Error e) { // of the thread that happens to carry; the others must not wait for ever
            fail(new IllegalStateException("The thread that carried the request failed: " + e, e));
            return true;
        }
    }

    private void tell(LaneListener listener) {
        long now = System.nanoTime();
        int keys = 0;
        for (Call<Q, A> call : calls) {
            keys += call.weight();
            listener.waited(route.task(), now - call.queuedAt());
        }
        listener.sending(route.task(), keys);
    }

    /** Fails those that have no answer. */
    void fail(RuntimeException reason) {
        calls.forEach(call -> call.fail(reason));
    }

    void settle(Callbacks callbacks) {
        calls.forEach(call -> call.settle(callbacks));
    }
}
