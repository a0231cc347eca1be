package io.psycache.internal.load;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One load per key at a time in this process, of threads that wait and of callers that are told. Thread-safe.
 *
 * <p>A waiter takes the value of the one who loads only where that one's store said that the value is current, and only if it
 * had joined before the store began: a caller that comes after a change must not receive what was loaded before it.
 *
 * <p>A thread must not wait that would close a circle of threads which wait for each other's loads ({@link CircleException}). Loads
 * of callers that are told belong to no thread, so circles of those are not seen.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 */
public final class SingleFlight<K> {
    private static final String NO_FUTURE = "the loader returned null instead of a future";

    private final ConcurrentMap<K, Flight> flights = new ConcurrentHashMap<>();
    private final Map<Thread, Flight> waiting = new HashMap<>();

    /** What a caller got; the value may be null. */
    public record Landed(@Nullable Object value) {}

    /** The thread that loads waits for the thread that is to wait for it. */
    public static final class CircleException extends Exception {

        private CircleException(Object key) {
            super("The load of '" + key + "' waits for this thread");
        }
    }

    /**
     * Loads, or waits for the load under way.
     *
     * @param load what {@code key} stands for
     * @param share stores a loaded value, and says whether those who wait may have it
     * @return empty where the caller must look again: the value it waited for may be out of date
     * @throws ExecutionException if the load failed, here or where it was waited for; its cause is the failure
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws CircleException if waiting would never end; nothing was loaded
     * @throws IllegalStateException if {@code load} asks for {@code key} again on its own thread
     */
    public Optional<Landed> run(K key, Callable<?> load, Predicate<@Nullable Object> share)
            throws ExecutionException, InterruptedException, CircleException {
        Flight own = new Flight(Thread.currentThread(), new CompletableFuture<>());
        Flight other = flights.putIfAbsent(key, own);
        if (other == null) {
            return Optional.of(lead(key, own, load, share));
        }
        if (other.leader == Thread.currentThread()) {
            throw new IllegalStateException(
                    "The loader of '" + key + "' asks for the same key, and would wait for itself");
        }
        if (!mayWait(other)) {
            throw new CircleException(key);
        }
        return join(other);
    }

    private Optional<Landed> join(Flight other) throws ExecutionException, InterruptedException {
        try {
            return other.await();
        } finally {
            synchronized (waiting) {
                waiting.remove(Thread.currentThread());
            }
        }
    }

    /** Whether nobody along the chain of those who wait for each other waits for this thread; then it is in the chain. */
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

    private Landed lead(K key, Flight flight, Callable<?> load, Predicate<@Nullable Object> share)
            throws ExecutionException {
        Landed landed = new Landed(loaded(key, flight, load));
        flights.remove(key, flight); // whoever comes from here on looks for himself
        boolean shared = false;
        try {
            shared = share.test(landed.value());
            return landed;
        } finally {
            flight.outcome.complete(shared ? Optional.of(landed) : Optional.empty());
        }
    }

    private @Nullable Object loaded(K key, Flight flight, Callable<?> load) throws ExecutionException {
        try {
            return load.call();
        } catch (Throwable failure) { // handed on to every waiter, and thrown
            flights.remove(key, flight);
            flight.outcome.completeExceptionally(failure);
            throw new ExecutionException(failure);
        }
    }

    /**
     * {@link #run} that returns at once.
     *
     * @param load returns a future of what {@code key} stands for
     * @param share as there; what it fails with, this fails with
     * @return fails with an {@link ExecutionException} if the load failed, here or where it was waited for. Who cancels it while it
     *     loads leaves the key to others
     */
    public CompletableFuture<Optional<Landed>> start(
            K key,
            Callable<? extends CompletionStage<?>> load,
            Function<@Nullable Object, ? extends CompletionStage<Boolean>> share) {
        Flight own = new Flight(null, new CompletableFuture<>());
        Flight other = flights.putIfAbsent(key, own);
        return other == null ? begin(key, own, load, share) : other.told();
    }

    private CompletableFuture<Optional<Landed>> begin(
            K key,
            Flight flight,
            Callable<? extends CompletionStage<?>> load,
            Function<@Nullable Object, ? extends CompletionStage<Boolean>> share) {
        CompletableFuture<Optional<Landed>> result = new CompletableFuture<>();
        result.whenComplete((landed, failure) -> leave(key, flight));
        begun(load).whenComplete((value, failure) -> {
            flights.remove(key, flight); // whoever comes from here on looks for himself
            if (failure != null) {
                flight.outcome.completeExceptionally(unwrapped(failure));
                result.completeExceptionally(new ExecutionException(unwrapped(failure)));
            } else {
                share(flight, new Landed(value), share, result);
            }
        });
        return result;
    }

    /** Where the load has not ended, its caller has cancelled it: those who wait look again. */
    private void leave(K key, Flight flight) {
        flights.remove(key, flight);
        flight.outcome.complete(Optional.empty());
    }

    /** Calls for a stage; what the call throws, or that it returns none, is the failure of the stage. */
    @SuppressWarnings("ConstantValue") // users' loaders are not null-checked
    public static CompletionStage<?> begun(Callable<? extends CompletionStage<?>> load) {
        try {
            CompletionStage<?> begun = load.call();
            return begun != null ? begun : CompletableFuture.failedFuture(new IllegalStateException(NO_FUTURE));
        } catch (Throwable failure) { // handed on to every waiter
            return CompletableFuture.failedFuture(failure);
        }
    }

    private static void share(
            Flight flight,
            Landed landed,
            Function<@Nullable Object, ? extends CompletionStage<Boolean>> share,
            CompletableFuture<Optional<Landed>> result) {
        begun(() -> share.apply(landed.value())).whenComplete((shared, failure) -> {
            flight.outcome.complete(
                    failure == null && Boolean.TRUE.equals(shared) ? Optional.of(landed) : Optional.empty());
            if (failure == null) {
                result.complete(Optional.of(landed));
            } else {
                result.completeExceptionally(unwrapped(failure));
            }
        });
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** @param leader null where no thread waits for the load */
    private record Flight(@Nullable Thread leader, CompletableFuture<Optional<Landed>> outcome) {

        Optional<Landed> await() throws ExecutionException, InterruptedException {
            return outcome.get();
        }

        CompletableFuture<Optional<Landed>> told() {
            CompletableFuture<Optional<Landed>> result = new CompletableFuture<>();
            outcome.whenComplete((landed, failure) -> {
                if (failure == null) {
                    result.complete(landed);
                } else {
                    result.completeExceptionally(new ExecutionException(unwrapped(failure)));
                }
            });
            return result;
        }
    }
}
