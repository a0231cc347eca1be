package io.psycache.internal.load;

import io.psycache.CacheLoadException;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.entry.View;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A value that is got or loaded.
 *
 * @param kind what the value is read as; callers with different kinds do not share a load
 * @param readAs as of {@link io.psycache.CacheRegion#lookup}
 * @param storeAs the type to store a loaded value as; null = it is not stored
 * @param asker the future of a caller that is told, which may be cancelled; null = none
 */
public record Load(
        Backend backend,
        View view,
        String key,
        Object kind,
        Function<@Nullable String, @Nullable Type> readAs,
        Function<@Nullable Object, @Nullable Type> storeAs,
        @Nullable Duration ttl,
        Callable<?> loader,
        @Nullable CompletableFuture<?> asker) {

    /** Of the public API: values are read and stored as {@code type}. */
    public static Load of(
            Backend backend, View view, String key, Type type, @Nullable Duration ttl, Callable<?> loader) {
        return new Load(
                backend,
                view,
                Arguments.key(key),
                type,
                stored -> type,
                value -> value == null ? null : type,
                Arguments.ttl(ttl, "ttl"),
                Arguments.notNull(loader, "loader"),
                null);
    }

    /** The load of a caller that is told by {@code future}; null = of none. */
    Load askedBy(@Nullable CompletableFuture<?> future) {
        return new Load(backend, view, key, kind, readAs, storeAs, ttl, loader, future);
    }

    /** Whether the caller is one that is told, and has cancelled. */
    boolean isCancelled() {
        return asker != null && asker.isCancelled();
    }

    /** Does {@code work} if the caller is one that is told, and cancels. */
    void ifCancelled(Runnable work) {
        if (asker != null) {
            asker.whenComplete((value, failure) -> {
                if (asker.isCancelled()) {
                    work.run();
                }
            });
        }
    }

    /** Identity of the load to the callers that share it: all views share keys, but not the types that they are read as. */
    Key loadKey() {
        return new Key(view.partition(), key, kind, view.keys());
    }

    record Key(String partition, String key, Object readAs, ShownKeys keys) {

        @Override
        public String toString() {
            return keys.of(key);
        }
    }

    /** Of a load that callers share. */
    Backend.Shared shared() {
        return Objects.requireNonNull(backend.shared());
    }

    /** A failure of the load as its caller sees it: that of a loader is the cause of a {@link CacheLoadException}. */
    Throwable explained(Throwable problem) {
        return problem instanceof ExecutionException && problem.getCause() != null
                ? failure(problem.getCause())
                : problem;
    }

    Reply<@Nullable Object> call() {
        return backend.pace().call(loader);
    }

    CacheLoadException failure(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return view.keys().loadFailure(key, cause);
    }
}
