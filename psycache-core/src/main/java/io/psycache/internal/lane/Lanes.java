package io.psycache.internal.lane;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.lane.Call.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ObjLongConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;

/**
 * Permits to send, each for everybody who is waiting. A caller that finds a lane free takes it on its own thread, with what has
 * queued by then; the others wait, until one who has a lane answers them, or hands it to one of them. A caller sends once and
 * then hands its lane on. Thread-safe.
 *
 * <p>Where nobody waits, but only callbacks, a thread of the lanes carries the batch. So it does after a pause and after a
 * failure to answer in time: then it is not known whether the other end answers at all, and a caller's own thread could hang.
 *
 * <p>Not final so that a test can break the hand-over and see that it is noticed.
 */
public class Lanes implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 1_000_000;
    private static final int KEYS_PER_TIMEOUT = 1_000;

    private final Semaphore free;
    private final int maxBatch;
    private final long timeout;
    private final Executor callbacks;
    private final CacheInstrumentation listener;
    private final List<Route<?, ?>> routes = new CopyOnWriteArrayList<>();
    private final ThreadPoolExecutor carriers;
    private final ToldCalls told = new ToldCalls();
    private volatile long lastAnswer = System.nanoTime();
    private volatile boolean closed;

    /**
     * @param name of the threads that carry where nobody waits
     * @param lanes how many may send at once
     * @param maxBatch the most keys that are sent together; of 1, callers always send their own on their own thread
     * @param timeout how long a caller waits
     * @param callbacks where callers are told that do not wait
     * @param listener told of every batch
     */
    public Lanes(
            String name, int lanes, int maxBatch, Duration timeout, Executor callbacks, CacheInstrumentation listener) {
        this.free = new Semaphore(lanes);
        this.maxBatch = maxBatch;
        this.timeout = timeout.toNanos();
        this.callbacks = callbacks;
        this.listener = listener;
        this.carriers = DaemonThreads.pool(name, lanes);
    }

    /**
     * A kind of request of which several can be sent as one.
     *
     * @param keys how many keys a question has, at least 1
     * @param sender answers or fails each of the calls that are sent as one, until a deadline as {@link System#nanoTime()}; what it throws
     *     fails those that are left
     */
    public <Q, A> Route<Q, A> route(
            Operation operation, ToIntFunction<? super Q> keys, ObjLongConsumer<List<Call<Q, A>>> sender) {
        return added(new Route<>(operation, maxBatch, keys, sender, new ConcurrentLinkedQueue<>()));
    }

    /** A kind of request of which each is sent alone. */
    public <Q, A> Route<Q, A> single(Operation operation, ObjLongConsumer<List<Call<Q, A>>> sender) {
        return added(new Route<>(operation, 1, question -> 1, sender, new ConcurrentLinkedQueue<>()));
    }

    /** A kind of request of which any number is sent as one. */
    public <Q, A> Route<Q, A> shared(Operation operation, ObjLongConsumer<List<Call<Q, A>>> sender) {
        return added(new Route<>(operation, Integer.MAX_VALUE, question -> 1, sender, new ConcurrentLinkedQueue<>()));
    }

    private <Q, A> Route<Q, A> added(Route<Q, A> route) {
        routes.add(route);
        return route;
    }

    /**
     * Asks, and waits for the answer, for as long as the timeout.
     *
     * @param here whether it may be sent on this thread; a data source may hand its connections to this thread's transaction
     * @throws QueryTimeoutException if there is no answer in time
     * @throws TransientDataAccessResourceException if this thread is interrupted while it waits for another one; it stays so
     */
    public <Q, A> A call(Route<Q, A> route, Q question, boolean here) {
        Call<Q, A> call = new Call<>(question, route.weight(question), here, null);
        if (here && isTrusted() && free.tryAcquire()) {
            Batch<Q, A> own = new Batch<>(route, new ArrayList<>(List.of(call)));
            call.take();
            call.lead(own.calls());
            lead(own, call, deadline(call));
            return call.result();
        }
        enqueue(route, call);
        return await(route, call, deadline(call));
    }

    /**
     * {@link #call} that returns at once. The future completes on a thread that you may block, and fails if there is no answer within
     * the timeout, or 10,000 others wait for theirs.
     */
    public <Q, A> CompletableFuture<A> start(Route<Q, A> route, Q question) {
        return start(route, question, callbacks);
    }

    /** {@link #start(Route, Object)} with a future that {@code callbacks} completes. */
    public <Q, A> CompletableFuture<A> start(Route<Q, A> route, Q question, Executor callbacks) {
        CompletableFuture<A> future = new CompletableFuture<>();
        Call<Q, A> call = new Call<>(question, route.weight(question), false, new Told<>(future, callbacks));
        if (told.isFull()) {
            call.expire(NoAnswer.overfull(route, call));
        } else {
            told.add(deadline(call), future, () -> expire(route, call));
            enqueueUnlessClosed(route, call);
        }
        return future;
    }

    /** {@link #start(Route, Object)} of what waits for as long as it takes; the caller bounds how much that is. */
    public <Q, A> CompletableFuture<A> queue(Route<Q, A> route, Q question) {
        CompletableFuture<A> future = new CompletableFuture<>();
        enqueueUnlessClosed(route, new Call<>(question, route.weight(question), false, new Told<>(future, callbacks)));
        return future;
    }

    private <Q, A> void enqueueUnlessClosed(Route<Q, A> route, Call<Q, A> call) {
        if (closed) {
            call.fail(NoAnswer.closed());
            call.settle();
        } else {
            enqueue(route, call);
        }
    }

    private void expire(Route<?, ?> route, Call<?, ?> call) {
        boolean sent = call.state() != Call.State.QUEUED;
        call.expire(NoAnswer.late(route, call, timeout, sent));
    }

    private <Q, A> void enqueue(Route<Q, A> route, Call<Q, A> call) {
        route.queue().add(call);
        if (free.tryAcquire()) {
            start(handOn());
        }
    }

    private <Q, A> A await(Route<Q, A> route, Call<Q, A> call, long deadline) {
        boolean interrupted = false;
        try {
            while (call.state() != Call.State.DONE) {
                List<Call<Q, A>> batch = call.ownBatch();
                if (batch != null) {
                    lead(new Batch<>(route, batch), call, deadline);
                } else {
                    interrupted |= park(route, call, deadline);
                }
            }
            return call.result();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Many keys take their time. */
    private long deadline(Call<?, ?> call) {
        long times = 1 + (call.weight() - 1) / KEYS_PER_TIMEOUT;
        return call.queuedAt() + Math.min(timeout, Long.MAX_VALUE / 4 / times) * times;
    }

    private <Q, A> void lead(Batch<Q, A> batch, Call<Q, A> call, long deadline) {
        if (deadline - System.nanoTime() <= 0) { // the lane came too late
            call.resign();
            if (!isLed(batch)) {
                start(batch);
            }
            throw NoAnswer.late(batch.route(), call, timeout, false);
        }
        send(batch, deadline);
        start(handOn());
        batch.settle();
    }

    /** @return whether this thread was interrupted */
    private boolean park(Route<?, ?> route, Call<?, ?> call, long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            boolean sent = call.state() != Call.State.QUEUED;
            if (call.leave()) {
                throw NoAnswer.late(route, call, timeout, sent);
            }
            return false;
        }
        LockSupport.parkNanos(this, left);
        boolean interrupted = Thread.interrupted();
        if (interrupted && call.leave()) {
            Thread.currentThread().interrupt();
            throw NoAnswer.interrupted(route, call);
        }
        return interrupted;
    }

    /** Sends the batch, and notes whether there was an answer. */
    private <Q, A> void send(Batch<Q, A> batch, long deadline) {
        if (!batch.complete()) {
            return;
        }
        batch.tell(listener);
        try {
            batch.route().sender().accept(List.copyOf(batch.calls()), deadline);
        } catch (QueryTimeoutException e) {
            batch.fail(e);
            return;
        } catch (RuntimeException e) {
            batch.fail(e);
        } catch (Error e) { // of the thread that happens to carry; the others must not wait for ever
            batch.fail(new IllegalStateException("The thread that carried the request failed: " + e, e));
        }
        lastAnswer = System.nanoTime();
    }

    private boolean isTrusted() {
        return maxBatch == 1 || System.nanoTime() - lastAnswer < timeout / 2;
    }

    /**
     * Hands a lane to somebody who waits, or frees it.
     *
     * @return a batch that none of its callers carries, to be carried in this lane
     */
    private @Nullable Batch<?, ?> handOn() {
        while (true) {
            Route<?, ?> route = oldest();
            Batch<?, ?> batch = route == null ? null : Batch.of(route);
            if (batch != null && !batch.calls().isEmpty()) {
                return isLed(batch) ? null : batch;
            }
            if (batch == null && isFreed()) {
                return null;
            }
        }
    }

    /** A caller that queues meanwhile either sees the lane free, or is seen here. */
    boolean isFreed() {
        release();
        return oldest() == null || !free.tryAcquire();
    }

    final void release() {
        free.release();
    }

    boolean isLed(Batch<?, ?> batch) {
        return isTrusted() && batch.appointLeader();
    }

    private void start(@Nullable Batch<?, ?> batch) {
        if (batch == null) {
            return;
        }
        try {
            carriers.execute(() -> carry(batch));
        } catch (RejectedExecutionException | OutOfMemoryError e) { // closed since, or there are too many threads
            if (!batch.appointLeader()) {
                carry(batch);
            }
        }
    }

    private void carry(Batch<?, ?> first) {
        Batch<?, ?> batch = first;
        while (batch != null) {
            send(batch, System.nanoTime() + timeout);
            Batch<?, ?> next = handOn();
            batch.settle();
            batch = next;
        }
    }

    /**
     * Takes no further calls with callbacks, and waits for those that are queued, for 5 seconds at most; what is left then
     * fails. Callers that wait send on, on their own threads.
     */
    @Override
    public void close() {
        closed = true;
        long end = System.nanoTime() + CLOSING.toNanos();
        while (oldest() != null
                && System.nanoTime() - end < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
        }
        if (!DaemonThreads.close(carriers, Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
            routes.forEach(this::abandon);
        }
    }

    private void abandon(Route<?, ?> route) {
        for (Batch<?, ?> batch = Batch.of(route); !batch.calls().isEmpty(); batch = Batch.of(route)) {
            batch.fail(NoAnswer.closed());
            batch.settle();
        }
    }

    private @Nullable Route<?, ?> oldest() {
        Route<?, ?> oldest = null;
        long queuedAt = 0;
        for (Route<?, ?> route : routes) {
            Call<?, ?> head = route.head();
            if (head != null && (oldest == null || head.queuedAt() - queuedAt < 0)) {
                oldest = route;
                queuedAt = head.queuedAt();
            }
        }
        return oldest;
    }
}
