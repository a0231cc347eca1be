package io.psycache;

import io.psycache.internal.store.PutRequest;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The cache over its parts, for callers that do not wait. What it does not do on lanes takes long, and has a thread of its own. */
final class DefaultAsyncPostgresCache implements AsyncPostgresCache {
    private final DefaultPostgresCache sync;
    private final CacheParts parts;
    private final CacheView view;

    DefaultAsyncPostgresCache(DefaultPostgresCache sync, CacheParts parts, CacheView view) {
        this.sync = sync;
        this.parts = parts;
        this.view = view;
    }

    @Override
    public PostgresCache sync() {
        return sync;
    }

    @Override
    public CompletableFuture<Optional<Map<String, Object>>> getRaw(String key) {
        return get(key, DefaultPostgresCache.JSON_OBJECT);
    }

    @Override
    public CompletableFuture<Void> putRaw(String key, Map<String, ?> value, @Nullable Duration ttl) {
        return put(key, Arguments.notNull(value, "value"), ttl);
    }

    @Override
    public <T> CompletableFuture<Optional<T>> get(String key, Class<T> type) {
        return get(key, (Type) Arguments.notNull(type, "type"));
    }

    @Override
    public <T> CompletableFuture<Optional<T>> get(String key, ParameterizedTypeReference<T> type) {
        return get(key, Arguments.notNull(type, "type").getType());
    }

    private <T> CompletableFuture<Optional<T>> get(String key, Type type) {
        return Futures.unwrapped(parts.reader
                .getAsync(view, List.of(Arguments.key(key)), stored -> type)
                .thenApply(found -> Optional.<T>ofNullable(DefaultPostgresCache.read(found.get(0)))));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            Class<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return load(key, Arguments.notNull(type, "type"), ttl, loader);
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return load(key, Arguments.notNull(type, "type").getType(), ttl, loader);
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key, Class<T> type, Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, type, parts.defaultTtl, loader);
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, type, parts.defaultTtl, loader);
    }

    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    private <T> CompletableFuture<@Nullable T> load(String key, Type type, @Nullable Duration ttl, Callable<?> loader) {
        return (CompletableFuture<@Nullable T>) parts.loader.getOrLoadAsync(Load.of(view, key, type, ttl, loader));
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value, @Nullable Duration ttl) {
        return begun(() -> parts.writer.putAsync(view, Map.of(key, sync.request(key, value, ttl))))
                .thenAccept(stored -> {});
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value) {
        return put(key, value, parts.defaultTtl);
    }

    @Override
    public CompletableFuture<Boolean> putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        return begun(() -> {
            PutRequest request = sync.request(key, value, ttl);
            return parts.writer.isDeferred()
                    ? CompletableFuture.completedFuture(sync.putIfAbsent(key, request))
                    : parts.writer.putIfAbsent(view, key, request).start();
        });
    }

    @Override
    public CompletableFuture<Boolean> exists(String key) {
        return parts.reader.existsAsync(Arguments.key(key));
    }

    @Override
    public CompletableFuture<Boolean> remove(String key) {
        return removeAll(List.of(Arguments.key(key))).thenApply(removed -> removed > 0);
    }

    @Override
    public CompletableFuture<Long> removeAll(Collection<String> keys) {
        List<String> distinct = DefaultPostgresCache.distinct(keys);
        return begun(() -> parts.evictions.removeAsync(view, distinct));
    }

    @Override
    public CompletableFuture<Long> increment(String key, long delta, @Nullable Duration ttl) {
        return parts.counters.incrementAsync(view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl"));
    }

    @Override
    public CompletableFuture<Long> increment(String key) {
        return increment(key, 1, parts.defaultTtl);
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, Class<T> type) {
        return getAll(keys, (Type) Arguments.notNull(type, "type"));
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        return getAll(keys, Arguments.notNull(type, "type").getType());
    }

    private <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, Type type) {
        return Futures.unwrapped(parts.reader
                .getAsync(view, DefaultPostgresCache.distinct(keys), stored -> type)
                .thenApply(DefaultPostgresCache::<T>values));
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            Class<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader) {
        return loadAll(keys, Arguments.notNull(type, "type"), ttl, loader);
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader) {
        return loadAll(keys, Arguments.notNull(type, "type").getType(), ttl, loader);
    }

    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    private <T> CompletableFuture<Map<String, T>> loadAll(
            Collection<String> keys,
            Type type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ?>>> loader) {
        Arguments.notNull(loader, "loader");
        BulkLoad load = new BulkLoad(parts.reader, parts.writer, view, type, Arguments.ttl(ttl, "ttl"));
        return Futures.unwrapped(
                load.start(DefaultPostgresCache.distinct(keys), loader).thenApply(values -> (Map<String, T>) values));
    }

    @Override
    public CompletableFuture<Void> putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        return begun(() -> {
                    Map<String, PutRequest> requests = new LinkedHashMap<>();
                    Arguments.notNull(entries, "entries")
                            .forEach((key, value) -> requests.put(key, sync.request(key, value, ttl)));
                    return parts.writer.putAsync(view, requests);
                })
                .thenAccept(stored -> {});
    }

    /** Arguments are thrown; what fails after them fails the future. */
    private static <T> CompletableFuture<T> begun(Supplier<CompletableFuture<T>> operation) {
        try {
            return operation.get();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public AsyncPostgresCache withTags(String... tags) {
        return sync.withTags(tags).async();
    }

    @Override
    public AsyncPostgresCache withSpanName(String spanName) {
        return sync.withSpanName(spanName).async();
    }

    @Override
    public CompletableFuture<Void> invalidateTags(String... tags) {
        List<String> checked = DefaultPostgresCache.checked(tags);
        return begun(() -> parts.evictions.invalidateTagsAsync(view, checked));
    }

    @Override
    public CompletableFuture<Long> removeByPrefix(String prefix) {
        Arguments.text(prefix, "prefix");
        return inTransactionOrOnItsThread(() -> sync.removeByPrefix(prefix));
    }

    @Override
    public CompletableFuture<Long> flush() {
        return inTransactionOrOnItsThread(sync::flush);
    }

    private CompletableFuture<Long> inTransactionOrOnItsThread(Supplier<Long> removal) {
        return parts.store.inTransaction()
                ? begun(() -> CompletableFuture.completedFuture(removal.get()))
                : onItsThread(removal);
    }

    @Override
    public CompletableFuture<Long> cleanupExpired() {
        return onItsThread(sync::cleanupExpired);
    }

    private static <T> CompletableFuture<T> onItsThread(Supplier<T> work) {
        return Futures.unwrapped(CompletableFuture.supplyAsync(work, task -> {
            Thread thread = new Thread(task, "psycache-async");
            thread.setDaemon(true);
            thread.start();
        }));
    }

    @Override
    public AsyncCleanupService startCleanup(Duration interval) {
        CleanupService started = sync.startCleanup(interval);
        return new AsyncCleanupService() {
            @Override
            public CompletableFuture<Boolean> stop(Duration timeout) {
                Arguments.positive(timeout, "timeout");
                return onItsThread(() -> started.stop(timeout));
            }

            @Override
            public boolean isRunning() {
                return started.isRunning();
            }
        };
    }
}
