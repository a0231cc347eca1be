package io.psycache.internal.load;

import io.psycache.internal.backend.Pace;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.load.LoadedValues.Stored;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One load per key at a time in this process, of callers that block and of callers that are told. Thread-safe.
 *
 * <p>A waiter takes the value of the caller that loads only where that one's store said that the value is current, and only if it
 * had joined before the load ended: a caller that comes after a change must not receive what was loaded before it. Where nothing is
 * stored, as the database does not answer, a waiter takes the value of a load that began after the waiter came.
 *
 * <p>A thread does not wait where that would close a circle of threads which wait for each other's loads ({@link CircleException}). Loads
 * of callers that are told belong to no thread, so circles of those are not seen.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 */
public final class SingleFlight<K> {
    private final ConcurrentMap<K, Flight> flights = new ConcurrentHashMap<>();
    private final Map<Thread, Flight> waiting = new HashMap<>();
    private final Executor callbacks;

    /** @param callbacks tells callers that do not block, whatever thread ends the load or stores its value */
    public SingleFlight(Executor callbacks) {
        this.callbacks = callbacks;
    }

    /** The thread that loads waits for the thread that is to wait for it. */
    public static final class CircleException extends Exception {

        private CircleException(Object key) {
            super("The load of '" + key + "' waits for this thread");
        }
    }

    /**
     * Loads, or waits for the load under way.
     *
     * @param asked when the caller came, as {@link System#nanoTime()}
     * @param ifCancelled takes what to do where the caller cancels while this loads: the load is left to others, who look again
     * @param load what {@code key} stands for
     * @param store stores a loaded value, and says later whether waiters may have it; the caller that loads does not wait for that
     * @return the outcome of the load for the caller that loads, and a hit for the others; empty where the caller must look again, since
     *     the value it waited for may be out of date. It fails with {@link ExecutionException} if the load failed, here or in another
     *     caller; with {@link CircleException} if waiting would never end; with {@link InterruptedException} if this thread was
     *     interrupted while it waited; and with {@link IllegalStateException} if {@code load} asks for {@code key} again on its own thread
     */
    <L> Reply<Optional<Stored>> run(
            K key,
            Pace pace,
            long asked,
            Consumer<Runnable> ifCancelled,
            Supplier<Reply<L>> load,
            Function<L, Stored> store) {
        Flight own = new Flight(
                pace == Pace.BLOCKING ? Thread.currentThread() : null, System.nanoTime(), new CompletableFuture<>());
        Flight other = flights.putIfAbsent(key, own);
        if (other == null) {
            ifCancelled.accept(() -> leave(key, own));
            return lead(key, own, load, store);
        }
        Reply<Landed> landed = pace == Pace.BLOCKING
                ? wait(key, other)
                : Reply.coming(other.outcome.whenCompleteAsync((done, failure) -> {}, callbacks));
        return landed.map(done -> done.to(asked - other.began < 0));
    }

    private Reply<Landed> wait(K key, Flight other) {
        if (other.leader == Thread.currentThread()) {
            return Reply.failed(new IllegalStateException(
                    "The loader of '" + key + "' asks for the same key, and would wait for itself"));
        }
        if (!mayWait(other)) {
            return Reply.failed(new CircleException(key));
        }
        try {
            return Reply.calling(other.outcome::get).recover(failure -> Reply.failed(unwrapped(failure)));
        } finally {
            synchronized (waiting) {
                waiting.remove(Thread.currentThread());
            }
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Whether nobody along the chain of those that wait for each other waits for this thread; then it is in the chain. */
    private boolean mayWait(Flight flight) {
        synchronized (waiting) {
            Flight next = flight;
            while (next != null && next.leader != null) {
                if (next.leader == Thread.currentThread()) {
                    return false;
                }
                next = waiting.get(next.leader);
            }
            waiting.put(Thread.currentThread(), flight);
            return true;
        }
    }

    private <L> Reply<Optional<Stored>> lead(K key, Flight flight, Supplier<Reply<L>> load, Function<L, Stored> store) {
        return Reply.from(load::get)
                .recover(failure -> {
                    flights.remove(key, flight);
                    ExecutionException failed = new ExecutionException(failure);
                    flight.outcome.completeExceptionally(failed);
                    return Reply.failed(failed);
                })
                .map(loaded -> {
                    flights.remove(key, flight); // callers that come from here on look for themselves
                    return Optional.of(shared(flight, loaded, store));
                });
    }

    private static <L> Stored shared(Flight flight, L loaded, Function<L, Stored> store) {
        try {
            Stored stored = store.apply(loaded);
            Optional<Stored> hit = Optional.of(Stored.hit(stored.outcome().value()));
            stored.isCurrent()
                    .whenComplete((current, failure) ->
                            flight.outcome.complete(new Landed(hit, Boolean.TRUE.equals(current), stored.isOfNow())));
            return stored;
        } catch (RuntimeException | Error e) { // callers that wait must not wait for ever
            flight.outcome.complete(Landed.NOTHING);
            throw e;
        }
    }

    private void leave(K key, Flight flight) {
        flights.remove(key, flight);
        flight.outcome.complete(Landed.NOTHING);
    }

    /**
     * @param leader null where no thread waits for the load
     * @param began as {@link System#nanoTime()}
     */
    private record Flight(@Nullable Thread leader, long began, CompletableFuture<Landed> outcome) {}

    /** What callers that wait may have. @param isOfNow as of {@link Stored} */
    private record Landed(Optional<Stored> value, boolean isCurrent, boolean isOfNow) {
        static final Landed NOTHING = new Landed(Optional.empty(), false, false);

        /** @param isEarlier whether the caller came before the load began */
        Optional<Stored> to(boolean isEarlier) {
            return isCurrent || isOfNow && isEarlier ? value : Optional.empty();
        }
    }
}
