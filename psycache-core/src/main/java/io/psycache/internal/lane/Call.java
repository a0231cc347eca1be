package io.psycache.internal.lane;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request on its way through a lane. Whoever carries its batch answers or fails it.
 *
 * @param <Q> what is asked
 * @param <A> the answer
 */
public final class Call<Q, A> {

    enum State {
        QUEUED,
        /** In a batch. */
        TAKEN,
        /** In a batch that its own thread is to carry. */
        LEADING,
        DONE,
        /** The caller does not wait any more. */
        LEFT
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final Q question;
    private final int weight;
    private final long queuedAt = System.nanoTime();
    private final @Nullable Thread thread;
    private final @Nullable BiConsumer<@Nullable A, @Nullable RuntimeException> callback;

    private @Nullable Batch<Q, A> batch; // published by the state, as are the two below
    private @Nullable A answer;
    private @Nullable RuntimeException failure;

    private Call(
            Q question,
            int weight,
            @Nullable Thread thread,
            @Nullable BiConsumer<@Nullable A, @Nullable RuntimeException> callback) {
        this.question = question;
        this.weight = weight;
        this.thread = thread;
        this.callback = callback;
    }

    /** Of this thread, which will wait for the answer. */
    static <Q, A> Call<Q, A> waiting(Q question, int weight) {
        return new Call<>(question, weight, Thread.currentThread(), null);
    }

    /** Of somebody who will be told the answer. */
    static <Q, A> Call<Q, A> told(
            Q question, int weight, BiConsumer<@Nullable A, @Nullable RuntimeException> callback) {
        return new Call<>(question, weight, null, callback);
    }

    public Q question() {
        return question;
    }

    /** The first answer or failure counts; the caller learns it when its batch has been carried. */
    public void answer(A given) {
        if (!isSettled()) {
            answer = given;
        }
    }

    /** Fails this call alone. */
    public void fail(RuntimeException reason) {
        if (!isSettled()) {
            failure = reason;
        }
    }

    private boolean isSettled() {
        return answer != null || failure != null;
    }

    State state() {
        return Objects.requireNonNull(state.get());
    }

    int weight() {
        return weight;
    }

    long queuedAt() {
        return queuedAt;
    }

    boolean take() {
        return state.compareAndSet(State.QUEUED, State.TAKEN);
    }

    /** Makes the thread of this call carry {@code batch}, which it is in, unless nobody waits here. */
    boolean lead(Batch<Q, A> led) {
        if (thread == null) {
            return false;
        }
        batch = led;
        return state.compareAndSet(State.TAKEN, State.LEADING);
    }

    void wakeUp() {
        LockSupport.unpark(thread);
    }

    /** The batch that this thread is to carry, if it is to. */
    @Nullable Batch<Q, A> ownBatch() {
        return state.get() == State.LEADING ? batch : null;
    }

    /** Stops waiting. @return false where there is an answer, or a batch to carry */
    boolean leave() {
        return state.compareAndSet(State.QUEUED, State.LEFT) || state.compareAndSet(State.TAKEN, State.LEFT);
    }

    /** Hands the lead back. */
    void resign() {
        state.set(State.LEFT);
    }

    boolean hasLeft() {
        return state.get() == State.LEFT;
    }

    /** Tells the caller what came of it. */
    void settle(Callbacks callbacks) {
        if (callback != null) {
            BiConsumer<@Nullable A, @Nullable RuntimeException> told = callback;
            callbacks.run(() -> told.accept(answer, failure));
        } else if (state.compareAndSet(State.TAKEN, State.DONE)) {
            wakeUp();
        } else {
            state.compareAndSet(State.LEADING, State.DONE);
        }
    }

    A result() {
        if (failure != null) {
            throw failure;
        }
        if (answer == null) {
            throw new IllegalStateException("neither answered nor failed");
        }
        return answer;
    }
}
