package io.psycache;

import io.psycache.internal.Arguments;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * {@link PostgresCache} whose operations return at once. Thread-safe.
 *
 * <p>Arguments, results and failures are the same; bad arguments are thrown at once, all else fails the future. Futures complete on
 * threads that may be blocked ({@link PostgresCache.Builder#asyncExecutor}). Any number of requests may be outstanding: they wait
 * for the few statements under way, and {@link PostgresCache.Builder#timeout} counts from when theirs is sent. Those that are
 * outstanding together have no order among them.
 *
 * <p>Within a transaction on the same {@code DataSource} no other thread can see what it has evicted. So there {@link #get},
 * {@link #getAll} and {@link #exists} find nothing, and {@code getOrLoad} loads and does not store. Puts and invalidations are part of
 * the transaction as those of {@link PostgresCache} are, and are done when the method returns.
 */
public interface AsyncPostgresCache {

    default CompletableFuture<Optional<Map<String, Object>>> getRaw(String key) {
        return get(key, new ParameterizedTypeReference<>() {});
    }

    default CompletableFuture<Void> putRaw(String key, Map<String, ?> value, @Nullable Duration ttl) {
        return put(key, value, ttl);
    }

    default <T> CompletableFuture<Optional<T>> get(String key, Class<T> type) {
        return get(key, Arguments.type(type));
    }

    <T> CompletableFuture<Optional<T>> get(String key, ParameterizedTypeReference<T> type);

    /**
     * The cached value, or what the future of {@code loader} completes with, which is then stored. Concurrent callers in this
     * process share one load, with those of {@link PostgresCache#getOrLoad}. The loader is called on a thread that it may block.
     * Loaders that wait for each other's keys in a circle wait for ever.
     *
     * <p>The future fails with {@link CacheLoadException} if the loader fails; the failure is its direct cause.
     */
    default <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            Class<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, Arguments.type(type), ttl, loader);
    }

    <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader);

    default <T> CompletableFuture<@Nullable T> getOrLoad(
            String key, Class<T> type, Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, Arguments.type(type), loader);
    }

    <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader);

    CompletableFuture<Void> put(String key, Object value, @Nullable Duration ttl);

    CompletableFuture<Void> put(String key, Object value);

    CompletableFuture<Boolean> putIfAbsent(String key, Object value, @Nullable Duration ttl);

    CompletableFuture<Boolean> exists(String key);

    default CompletableFuture<Boolean> remove(String key) {
        return removeAll(List.of(Arguments.key(key))).thenApply(removed -> removed > 0);
    }

    CompletableFuture<Long> increment(String key, long delta, @Nullable Duration ttl);

    CompletableFuture<Long> increment(String key);

    default <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, Class<T> type) {
        return getAll(keys, Arguments.type(type));
    }

    <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, ParameterizedTypeReference<T> type);

    /**
     * {@link PostgresCache#getAllOrLoad(Collection, Class, Duration, Function)} with a loader whose future completes with what it
     * has loaded. It is called on a thread that it may block. In a transaction it is asked for all keys, and nothing is stored.
     */
    default <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            Class<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader) {
        return getAllOrLoad(keys, Arguments.type(type), ttl, loader);
    }

    <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader);

    CompletableFuture<Void> putAll(Map<String, ?> entries, @Nullable Duration ttl);

    CompletableFuture<Long> removeAll(Collection<String> keys);

    AsyncPostgresCache withTags(String... tags);

    AsyncPostgresCache withSpanName(String spanName);

    CompletableFuture<Void> invalidateTags(String... tags);

    CompletableFuture<Long> removeByPrefix(String prefix);

    CompletableFuture<Long> flush();
}
