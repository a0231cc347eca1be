package io.psycache;

import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Stores what was loaded, and tells whether those who wait for the load may have it too: whether it is current. */
final class LoadedValues {
    private static final CompletableFuture<Boolean> NOT_STORED = CompletableFuture.completedFuture(false);

    private final EntryWriter writer;
    private final Requests requests;

    LoadedValues(EntryWriter writer, Requests requests) {
        this.writer = writer;
        this.requests = requests;
    }

    /** @param miss the lookup before the load. @return whether the value is current */
    boolean store(Load load, FoundEntry miss, @Nullable Object value) {
        if (miss.token() == null) {
            return writer.refuse(load.view(), load.key());
        }
        try {
            Type type = load.storeAs().apply(value);
            return type == null ? isCurrent(load, miss, value) : put(load, miss, value, type);
        } catch (DataAccessException e) {
            load.notStored().accept(e);
            return false;
        }
    }

    private boolean put(Load load, FoundEntry miss, @Nullable Object value, Type type) {
        try {
            PutRequest request = PutRequests.of(load.view(), load.key(), value, type, load.ttl());
            return writer.putLoaded(load.view(), load.key(), request, miss.token());
        } catch (CacheValueException e) {
            load.notStored().accept(e);
            return isCurrent(load, miss, value);
        }
    }

    private boolean isCurrent(Load load, FoundEntry miss, @Nullable Object value) {
        PutRequest unstored =
                miss.token() == null ? null : PutRequests.unstored(load.view(), load.key(), value, miss.token());
        return unstored != null && requests.<Boolean>alone().call((inTime, log) -> inTime.isCurrent(unstored));
    }

    /** {@link #store}, which blocks nobody. */
    CompletableFuture<Boolean> storeAsync(Load load, FoundEntry miss, @Nullable Object value) {
        LoadToken token = miss.token();
        if (token == null) {
            return CompletableFuture.completedFuture(writer.refuse(load.view(), load.key()));
        }
        Type type = load.storeAs().apply(value);
        CompletableFuture<Boolean> stored =
                type == null ? isCurrentAsync(load, token, value) : putAsync(load, token, value, type);
        return stored.handle((done, failure) -> failure == null
                        ? CompletableFuture.completedFuture(done)
                        : notStored(load, token, value, Futures.cause(failure)))
                .thenCompose(Function.identity());
    }

    private CompletableFuture<Boolean> isCurrentAsync(Load load, LoadToken token, @Nullable Object value) {
        PutRequest unstored = PutRequests.unstored(load.view(), load.key(), value, token);
        return unstored == null ? NOT_STORED : requests.start((inTime, log) -> inTime.isCurrent(unstored));
    }

    private CompletableFuture<Boolean> putAsync(Load load, LoadToken token, @Nullable Object value, Type type) {
        try {
            PutRequest request = PutRequests.of(load.view(), load.key(), value, type, load.ttl());
            return writer.putLoadedAsync(load.view(), load.key(), request, token);
        } catch (CacheValueException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Boolean> notStored(
            Load load, LoadToken token, @Nullable Object value, Throwable failure) {
        if (failure instanceof DataAccessException database) {
            load.notStored().accept(database);
            return NOT_STORED;
        }
        if (failure instanceof CacheValueException unstorable) {
            load.notStored().accept(unstorable);
            return isCurrentAsync(load, token, value);
        }
        return CompletableFuture.failedFuture(failure);
    }
}
