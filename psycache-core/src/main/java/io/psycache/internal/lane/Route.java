package io.psycache.internal.lane;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A kind of request, of which several can be sent as one, through the {@link Lanes} it shares with other kinds. Thread-safe.
 *
 * @param <Q> what is asked
 * @param <A> the answer
 */
public final class Route<Q, A> {

    /**
     * Sends requests as one.
     *
     * @param <Q> what is asked
     * @param <A> the answer
     */
    @FunctionalInterface
    public interface Sender<Q, A> {

        /**
         * Answers or fails each call; what it throws fails those that are left.
         *
         * @param deadline when it must have ended, as {@link System#nanoTime()}
         */
        void send(List<Call<Q, A>> calls, long deadline);
    }

    private final Lanes lanes;
    private final String task;
    private final int maxWeight;
    private final ToIntFunction<? super Q> keys;
    private final Sender<Q, A> sender;
    private final Queue<Call<Q, A>> queue = new ConcurrentLinkedQueue<>();

    Route(Lanes lanes, String task, int maxWeight, ToIntFunction<? super Q> keys, Sender<Q, A> sender) {
        this.lanes = lanes;
        this.task = task;
        this.maxWeight = maxWeight;
        this.keys = keys;
        this.sender = sender;
    }

    /**
     * Asks, and waits for the answer, for as long as the timeout of the lanes.
     *
     * @throws org.springframework.dao.QueryTimeoutException if there is no answer in time
     * @throws org.springframework.dao.TransientDataAccessResourceException if this thread is interrupted while it waits for
     *     another one; it stays so
     */
    public A call(Q question) {
        return lanes.call(this, Call.waiting(question, keys.applyAsInt(question)));
    }

    /** Asks, and returns at once. @param callback told the answer or the failure, on a thread that it may block */
    public void submit(Q question, BiConsumer<@Nullable A, @Nullable RuntimeException> callback) {
        lanes.submit(this, Call.told(question, keys.applyAsInt(question), callback));
    }

    int maxWeight() {
        return maxWeight;
    }

    String task() {
        return task;
    }

    void queue(Call<Q, A> call) {
        queue.add(call);
    }

    /** The call that has waited longest. */
    @Nullable Call<Q, A> head() {
        return queue.peek();
    }

    void send(List<Call<Q, A>> calls, long deadline) {
        sender.send(calls, deadline);
    }

    Batch<Q, A> batch() {
        Batch<Q, A> batch = new Batch<>(this);
        fill(batch);
        return batch;
    }

    void fill(Batch<Q, A> batch) {
        Call<Q, A> head = queue.peek();
        while (head != null && batch.hasRoomFor(head)) {
            Call<Q, A> next = queue.poll(); // another lane may have had the head
            if (next != null && next.take()) {
                batch.add(next);
            }
            head = queue.peek();
        }
    }
}
