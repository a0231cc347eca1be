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

    /**
     * A caller that does not wait.
     *
     * @param future completed with the answer
     * @param callbacks completes it: not in a lane, since what callers do then may take long
     */
    record Told<A>(CompletableFuture<A> future, Executor callbacks) {

        private void fail(RuntimeException reason) {
            complete(() -> future.completeExceptionally(reason));
        }

        private void complete(Runnable completion) {
            try {
                callbacks.execute(completion);
            } catch (RejectedExecutionException e) { // closed; nobody must wait for ever
                completion.run();
            }
        }
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.QUEUED);
    private final Q question;
    private final int weight;
    private final long queuedAt = System.nanoTime();
    private final boolean leads;
    private final @Nullable Told<A> told;
    private final Thread thread = Thread.currentThread();

    private @Nullable List<Call<Q, A>> batch; // published by the state, as are the two below
    private @Nullable A answer;
    private @Nullable RuntimeException failure;

    /**
     * @param leads whether the thread of this call, which waits for the answer, may carry batches
     * @param told for a caller that does not wait; else null
     */
    Call(Q question, int weight, boolean leads, @Nullable Told<A> told) {
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

    /** Tells the caller the answer. */
    void settle() {
        if (told != null) {
            tell(told);
        } else if (state.compareAndSet(State.TAKEN, State.DONE)) {
            wakeUp();
        } else {
            state.compareAndSet(State.LEADING, State.DONE);
        }
    }

    private void tell(Told<A> caller) {
        if (failure == null) {
            caller.complete(() -> caller.future.complete(answer));
        } else {
            caller.fail(failure);
        }
    }

    /** Tells a caller that does not wait that there is no answer in time. It is not sent any more if it has not been. */
    void expire(RuntimeException reason) {
        if (told != null && leave()) {
            told.fail(reason);
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
