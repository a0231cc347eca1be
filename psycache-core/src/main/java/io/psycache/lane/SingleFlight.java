package io.psycache.lane;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One load per key at a time in this process. Thread-safe.
 *
 * <p>A waiter takes the value of the thread that loads only where that thread's store said that the value is current, and only
 * if it had joined before the store began: a caller that comes after a change must not receive what was loaded before it.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 */
public final class SingleFlight<K> {
    private final ConcurrentMap<K, Flight> flights = new ConcurrentHashMap<>();

    /** What a caller got; the value may be null. */
    public record Landed(@Nullable Object value) {}

    /**
     * Loads, or waits for the load under way.
     *
     * @param load what {@code key} stands for
     * @param share stores a loaded value, and says whether those who wait may have it
     * @return empty where the caller must look again: the value it waited for may be out of date
     * @throws ExecutionException if the load failed, here or where it was waited for; its cause is the failure
     * @throws InterruptedException if this thread was interrupted while it waited
     * @throws IllegalStateException if {@code load} asks for {@code key} again on its own thread
     */
    public Optional<Landed> run(K key, Callable<?> load, Predicate<@Nullable Object> share)
            throws ExecutionException, InterruptedException {
        Flight own = new Flight(Thread.currentThread(), new CompletableFuture<>());
        Flight other = flights.putIfAbsent(key, own);
        return other == null ? Optional.of(lead(key, own, load, share)) : other.join(key);
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

    private record Flight(Thread leader, CompletableFuture<Optional<Landed>> outcome) {

        Optional<Landed> join(Object key) throws ExecutionException, InterruptedException {
            if (leader == Thread.currentThread()) {
                throw new IllegalStateException(
                        "The loader of '" + key + "' asks for the same key, and would wait for itself");
            }
            return outcome.get();
        }
    }
}
