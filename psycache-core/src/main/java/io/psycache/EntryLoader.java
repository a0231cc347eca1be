package io.psycache;

import io.psycache.lane.SingleFlight;
import io.psycache.lane.SingleFlight.Landed;
import io.psycache.store.LoadToken;
import io.psycache.store.PutRequest;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Get or load, one load per key in this process. */
final class EntryLoader {
    private static final CompletableFuture<Boolean> NOT_STORED = CompletableFuture.completedFuture(false);

    private final EntryReader reader;
    private final EntryWriter writer;
    private final SingleFlight<Flight> flights = new SingleFlight<>();

    /** Keys are shared by all views, but not what they are read as. */
    private record Flight(String key, @Nullable Object readAs, ShownKeys keys) {
        @Override
        public String toString() {
            return keys.of(key);
        }
    }

    /**
     * How a value is loaded.
     *
     * @param storeAs null = a loaded value is not stored
     * @param kind what the value is read as; callers with different kinds do not share a load
     * @param unreadable told why a stored value could not be read
     * @param notStored told why a value could not be stored; what it throws is thrown
     */
    record Load(
            CacheView view,
            String key,
            Object kind,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader,
            Consumer<CacheValueException> unreadable,
            Consumer<RuntimeException> notStored) {

        /** Of the public API: values are read and stored as {@code type}, and what can't be stored is an error. */
        static Load of(CacheView view, String key, Type type, @Nullable Duration ttl, Callable<?> loader) {
            return new Load(
                    view,
                    Arguments.key(key),
                    type,
                    stored -> type,
                    value -> value == null ? null : type,
                    Arguments.ttl(ttl, "ttl"),
                    Arguments.notNull(loader, "loader"),
                    unreadable -> {},
                    failure -> {
                        throw failure;
                    });
        }

        Flight flight() {
            return new Flight(key, kind, view.keys());
        }

        CacheLoadException failure(Throwable cause) {
            return view.keys().loadFailure(key, cause);
        }
    }

    EntryLoader(EntryReader reader, EntryWriter writer) {
        this.reader = reader;
        this.writer = writer;
    }

    @Nullable Object getOrLoad(Load load) {
        while (true) {
            FoundEntry found = reader.get(load.view, load.key, load.readAs);
            if (found.isHit()) {
                return found.value();
            }
            if (found.unreadable() != null) {
                load.unreadable.accept(found.unreadable());
            }
            Optional<Landed> landed = mayWait(found) ? shared(load, found) : Optional.of(alone(load, found));
            if (landed.isPresent()) {
                return landed.get().value();
            }
        }
    }

    /**
     * {@link #getOrLoad} that returns at once; the loader returns a {@link CompletionStage}. In a transaction it only loads: a
     * lane can't see what the caller has evicted.
     */
    CompletableFuture<@Nullable Object> getOrLoadAsync(Load load) {
        return Futures.unwrapped(
                TransactionSynchronizationManager.isActualTransactionActive()
                        ? alone(load, value -> NOT_STORED)
                        : attempt(load));
    }

    /** Shares the load with nobody. */
    private CompletableFuture<@Nullable Object> alone(
            Load load, Function<@Nullable Object, CompletableFuture<Boolean>> share) {
        return landed(load, new SingleFlight<>().start(load.key, stage(load), share));
    }

    private CompletableFuture<@Nullable Object> attempt(Load load) {
        return reader.getAsync(load.view, List.of(load.key), load.readAs)
                .thenCompose(found -> found.get(0).isHit()
                        ? CompletableFuture.completedFuture(found.get(0).value())
                        : missed(load, found.get(0)));
    }

    private CompletableFuture<@Nullable Object> missed(Load load, FoundEntry miss) {
        if (miss.unreadable() != null) {
            load.unreadable.accept(miss.unreadable());
        }
        if (miss.token() == null) {
            return alone(load, value -> storeAsync(load, miss, value));
        }
        return landed(load, flights.start(load.flight(), stage(load), value -> storeAsync(load, miss, value)));
    }

    @SuppressWarnings("unchecked") // as the caller of getOrLoadAsync has to see to
    private static Callable<? extends CompletionStage<?>> stage(Load load) {
        return (Callable<? extends CompletionStage<?>>) load.loader;
    }

    private CompletableFuture<@Nullable Object> landed(Load load, CompletableFuture<Optional<Landed>> flight) {
        return flight.handle((landed, failure) -> {
                    if (failure != null) {
                        return CompletableFuture.failedFuture(failed(load, failure));
                    }
                    return landed.isPresent()
                            ? CompletableFuture.completedFuture(landed.get().value())
                            : attempt(load);
                })
                .thenCompose(Function.identity());
    }

    private static Throwable failed(Load load, Throwable failure) {
        Throwable cause = failure.getCause();
        if (!(failure instanceof ExecutionException) || cause == null) {
            return failure;
        }
        return cause instanceof Error ? cause : load.failure(cause);
    }

    /** Stores the value, as {@link #store} does. */
    private CompletableFuture<Boolean> storeAsync(Load load, FoundEntry miss, @Nullable Object value) {
        LoadToken token = miss.token();
        if (token == null) {
            return CompletableFuture.completedFuture(writer.refuse(load.view, load.key));
        }
        Type type = load.storeAs.apply(value);
        CompletableFuture<Boolean> stored = type == null
                ? writer.isCurrentAsync(load.view, load.key, value, token)
                : putAsync(load, token, value, type);
        return stored.handle((done, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(done);
                    }
                    if (Futures.cause(failure) instanceof DataAccessException database) {
                        load.notStored.accept(database);
                        return NOT_STORED;
                    }
                    return Futures.cause(failure) instanceof CacheValueException unstorable
                            ? unstorable(load, token, value, unstorable)
                            : CompletableFuture.<Boolean>failedFuture(failure);
                })
                .thenCompose(Function.identity());
    }

    private CompletableFuture<Boolean> putAsync(Load load, LoadToken token, @Nullable Object value, Type type) {
        try {
            PutRequest request = writer.request(load.view, load.key, value, type, load.ttl);
            return writer.putLoadedAsync(load.view, load.key, request, token);
        } catch (CacheValueException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Boolean> unstorable(
            Load load, LoadToken token, @Nullable Object value, CacheValueException reason) {
        load.notStored.accept(reason);
        return writer.isCurrentAsync(load.view, load.key, value, token);
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
        store(load, miss, landed.value());
        return landed;
    }

    private static @Nullable Object loaded(Load load) {
        try {
            return load.loader.call();
        } catch (Exception e) {
            throw load.failure(e);
        }
    }

    private Optional<Landed> shared(Load load, FoundEntry miss) {
        try {
            return flights.run(load.flight(), load.loader, value -> store(load, miss, value));
        } catch (ExecutionException e) {
            throw thrown(load, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(alone(load, miss));
        }
    }

    private static RuntimeException thrown(Load load, @Nullable Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return load.failure(failure == null ? new IllegalStateException("no cause") : failure);
    }

    /** Stores the value. @return whether those who wait may have it too */
    private boolean store(Load load, FoundEntry miss, @Nullable Object value) {
        if (miss.token() == null) {
            return writer.refuse(load.view, load.key);
        }
        try {
            Type type = load.storeAs.apply(value);
            return type == null ? isCurrent(load, miss, value) : put(load, miss, value, type);
        } catch (DataAccessException e) {
            load.notStored.accept(e);
            return false;
        }
    }

    private boolean put(Load load, FoundEntry miss, @Nullable Object value, Type type) {
        try {
            PutRequest request = writer.request(load.view, load.key, value, type, load.ttl);
            return writer.putLoaded(load.view, load.key, request, miss.token());
        } catch (CacheValueException e) {
            load.notStored.accept(e);
            return isCurrent(load, miss, value);
        }
    }

    private boolean isCurrent(Load load, FoundEntry miss, @Nullable Object value) {
        return miss.token() != null && writer.isCurrent(load.view, load.key, value, miss.token());
    }
}
