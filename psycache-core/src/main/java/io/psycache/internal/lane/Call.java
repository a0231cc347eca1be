package io.psycache.internal.lane;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One caller's request on its way through a lane. The carrier of its batch answers or fails it.
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
    private final boolean leads;
    private final @Nullable CompletableFuture<A> told;
    private final Thread thread = Thread.currentThread();

    private @Nullable List<Call<Q, A>> batch; // published by the state, as are the two below
    private @Nullable A answer;
    private @Nullable RuntimeException failure;

    /**
     * @param leads whether the thread of this call, which waits for the answer, may carry batches
     * @param told completed with the answer, for a caller that does not wait
     */
    Call(Q question, int weight, boolean leads, @Nullable CompletableFuture<A> told) {
        this.question = question;
        this.weight = weight;
        this.leads = leads;
        this.told = told;
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

    /** Makes the thread of this call carry those of its batch, itself included, if it may. */
    boolean lead(List<Call<Q, A>> led) {
        if (!leads) {
            return false;
        }
        batch = led;
        return state.compareAndSet(State.TAKEN, State.LEADING);
    }

    void wakeUp() {
        LockSupport.unpark(thread);
    }

    /** The batch that this thread is to carry, if it is to. */
    @Nullable List<Call<Q, A>> ownBatch() {
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

    /**
     * Tells the caller the answer.
     *
     * @param callbacks completes what callers hold: not in a lane, since what they do then may take long
     */
    void settle(Executor callbacks) {
        if (told != null) {
            tell(told, callbacks);
        } else if (state.compareAndSet(State.TAKEN, State.DONE)) {
            wakeUp();
        } else {
            state.compareAndSet(State.LEADING, State.DONE);
        }
    }

    private void tell(CompletableFuture<A> future, Executor callbacks) {
        Runnable callback = () -> {
            if (failure == null) {
                future.complete(answer);
            } else {
                future.completeExceptionally(failure);
            }
        };
        try {
            callbacks.execute(callback);
        } catch (RejectedExecutionException e) { // closed; nobody must wait for ever
            callback.run();
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
