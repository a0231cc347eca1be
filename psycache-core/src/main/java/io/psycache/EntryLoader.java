package io.psycache;

import io.psycache.internal.load.SingleFlight;
import io.psycache.internal.load.SingleFlight.CircleException;
import io.psycache.internal.load.SingleFlight.Landed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Get or load, one load per key in this process and, by {@link Leases}, in all of them. */
final class EntryLoader {
    private static final CompletableFuture<Boolean> NOT_STORED = CompletableFuture.completedFuture(false);

    private final EntryReader reader;
    private final LoadedValues values;
    private final Leases leases;
    private final Refresher refresher;
    private final SingleFlight<Flight> flights;

    EntryLoader(
            EntryReader reader, LoadedValues values, Leases leases, SingleFlight<Flight> flights, Refresher refresher) {
        this.reader = reader;
        this.values = values;
        this.leases = leases;
        this.flights = flights;
        this.refresher = refresher;
    }

    @Nullable Object getOrLoad(Load given) {
        Load load = refresher.measured(given);
        while (true) {
            FoundEntry found = look(load);
            if (found.isHit()) {
                refresher.served(load, found);
                return found.value();
            }
            if (found.unreadable() != null) {
                load.unreadable().accept(found.unreadable());
            }
            Optional<Landed> landed = mayWait(found) ? shared(load, found) : Optional.of(alone(load, found));
            if (landed.isPresent()) {
                return landed.get().value();
            }
        }
    }

    /** In a transaction, be it of another data source, nothing is loaded in the background: it could not see what that sees. */
    private FoundEntry look(Load load) {
        return mayRefresh(load)
                ? reader.getAging(load.view(), load.key(), load.readAs())
                : reader.get(load.view(), load.key(), load.readAs());
    }

    private static boolean mayRefresh(Load load) {
        return load.view().refreshing().isOn() && !TransactionSynchronizationManager.isActualTransactionActive();
    }

    private CompletableFuture<FoundEntry> lookAsync(Load load) {
        return mayRefresh(load)
                ? reader.getAgingAsync(load.view(), load.key(), load.readAs())
                : reader.getAsync(load.view(), List.of(load.key()), load.readAs())
                        .thenApply(found -> found.get(0));
    }

    /**
     * In a transaction, be it of another data source, it would wait with row locks that the load may need. Without a token
     * those who wait could not have what it loads, and would load one after the other.
     */
    private static boolean mayWait(FoundEntry miss) {
        return miss.token() != null && !TransactionSynchronizationManager.isActualTransactionActive();
    }

    /** In a transaction a caller neither waits for others nor lets them have what they may not see. */
    private Landed alone(Load load, FoundEntry miss) {
        Landed landed = new Landed(loaded(load));
        values.store(load, miss, landed.value());
        return landed;
    }

    private static @Nullable Object loaded(Load load) {
        try {
            return load.loader().call();
        } catch (Exception e) {
            throw load.failure(e);
        }
    }

    private Optional<Landed> shared(Load load, FoundEntry miss) {
        LeasedLoad leased = new LeasedLoad(leases, values, load, miss);
        try {
            return flights.run(Flight.of(load), leased::call, leased::store);
        } catch (ExecutionException e) {
            throw thrown(load, e.getCause());
        } catch (CircleException e) {
            return Optional.of(alone(load, miss));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(alone(load, miss));
        } finally {
            leased.end();
        }
    }

    static RuntimeException thrown(Load load, @Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return load.failure(failure == null ? new IllegalStateException("no cause") : failure);
    }

    /**
     * {@link #getOrLoad} that returns at once; the loader returns a {@link CompletionStage}. In a transaction it only loads: a
     * lane can't see what the caller has evicted.
     */
    CompletableFuture<@Nullable Object> getOrLoadAsync(Load given) {
        Load load = refresher.measured(given);
        CompletableFuture<@Nullable Object> asker = new CompletableFuture<>();
        CompletableFuture<@Nullable Object> answer = TransactionSynchronizationManager.isActualTransactionActive()
                ? aloneAsync(load, value -> NOT_STORED, asker)
                : attempt(load, asker);
        Futures.complete(asker, answer);
        return asker;
    }

    private CompletableFuture<@Nullable Object> aloneAsync(
            Load load,
            Function<@Nullable Object, CompletableFuture<Boolean>> store,
            CompletableFuture<@Nullable Object> asker) {
        return landed(load, new SingleFlight<>().start(load.key(), load.stage(), store), asker);
    }

    /** @param asker what the caller was given; if he cancels it, the load is left to others */
    private CompletableFuture<@Nullable Object> attempt(Load load, CompletableFuture<@Nullable Object> asker) {
        return lookAsync(load)
                .thenCompose(found -> found.isHit()
                        ? CompletableFuture.completedFuture(served(load, found))
                        : missed(load, found, asker));
    }

    private @Nullable Object served(Load load, FoundEntry hit) {
        refresher.servedAsync(load, hit);
        return hit.value();
    }

    private CompletableFuture<@Nullable Object> missed(
            Load load, FoundEntry miss, CompletableFuture<@Nullable Object> asker) {
        if (miss.unreadable() != null) {
            load.unreadable().accept(miss.unreadable());
        }
        if (miss.token() == null) {
            return aloneAsync(load, value -> values.storeAsync(load, miss, value), asker);
        }
        LeasedLoad leased = new LeasedLoad(leases, values, load, miss);
        CompletableFuture<Optional<Landed>> flight = flights.start(Flight.of(load), leased::start, leased::storeAsync);
        flight.whenComplete((landed, failure) -> leased.end());
        return landed(load, flight, asker);
    }

    private CompletableFuture<@Nullable Object> landed(
            Load load, CompletableFuture<Optional<Landed>> flight, CompletableFuture<@Nullable Object> asker) {
        asker.whenComplete((value, failure) -> flight.cancel(false));
        return flight.handle((landed, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.failedFuture(failed(load, failure));
                    }
                    return landed.isPresent()
                            ? CompletableFuture.completedFuture(landed.get().value())
                            : attempt(load, asker);
                })
                .thenCompose(Function.identity());
    }

    static Throwable failed(Load load, Throwable failure) {
        Throwable cause = failure.getCause();
        if (!(failure instanceof ExecutionException) || cause == null) {
            return failure;
        }
        return cause instanceof Error ? cause : load.failure(cause);
    }
}
