package io.psycache.internal.engine;

import io.psycache.AsyncPostgresCache;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.View;
import io.psycache.internal.load.Load;
import java.lang.reflect.Type;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The cache for callers that are told. Arguments are refused at once; what fails after that fails the future. */
record DefaultAsyncPostgresCache(Engine engine, View view) implements AsyncPostgresCache {

    private Backend backend() {
        return engine.told(view);
    }

    @Override
    public <T> CompletableFuture<Optional<T>> get(String key, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return engine.reads
                .getOne(backend(), view, Arguments.key(key), stored -> declared)
                .map(found -> Optional.<T>ofNullable(Typed.value(found)))
                .future();
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return engine.loads.start(Load.of(backend(), view, key, Arguments.type(type), ttl, loader), Typed::value);
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, type, engine.settings.defaultTtl(), loader);
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value, @Nullable Duration ttl) {
        return told(() -> engine.writes.put(backend(), view, Map.of(key, Typed.entry(view, key, value, ttl))))
                .thenAccept(stored -> {});
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value) {
        return put(key, value, engine.settings.defaultTtl());
    }

    @Override
    public CompletableFuture<Boolean> putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        Backend told = backend();
        Backend backend = told.shared() == null ? engine.backend(view) : told; // part of the caller's transaction
        return told(() -> engine.writes
                .putIfAbsent(backend, view, key, Typed.entry(view, key, value, ttl))
                .map(stored -> stored == 1));
    }

    @Override
    public CompletableFuture<Boolean> exists(String key) {
        return engine.reads.exists(backend(), Arguments.key(key)).future();
    }

    @Override
    public CompletableFuture<Long> removeAll(Collection<String> keys) {
        List<String> distinct = Typed.keys(keys);
        return told(() -> engine.removals.remove(backend(), view, distinct));
    }

    @Override
    public CompletableFuture<Long> increment(String key, long delta, @Nullable Duration ttl) {
        return engine.writes
                .increment(backend(), view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl"))
                .future();
    }

    @Override
    public CompletableFuture<Long> increment(String key) {
        return increment(key, 1, engine.settings.defaultTtl());
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return engine.reads
                .getAll(backend(), view, Typed.keys(keys), stored -> declared)
                .map(Typed::<T>values)
                .future();
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader) {
        return engine.bulkLoad(backend(), view, Arguments.type(type), ttl)
                .run(Typed.keys(keys), Arguments.notNull(loader, "loader"))
                .map(Typed::<T>cast)
                .future();
    }

    @Override
    public CompletableFuture<Void> putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        return told(() -> engine.writes.put(backend(), view, Typed.entries(view, entries, ttl)))
                .thenAccept(stored -> {});
    }

    private static <T> CompletableFuture<T> told(Supplier<Reply<T>> operation) {
        try {
            return operation.get().future();
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) { // the failure of the future
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public AsyncPostgresCache withTags(String... tags) {
        return new DefaultAsyncPostgresCache(engine, view.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public AsyncPostgresCache withSpanName(String spanName) {
        return new DefaultAsyncPostgresCache(engine, view.withSpanName(Arguments.text(spanName, "spanName")));
    }

    @Override
    public CompletableFuture<Void> invalidateTags(String... tags) {
        List<String> checked = Typed.tags(tags);
        return told(() -> engine.removals.invalidateTags(backend(), view, checked))
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<Long> removeByPrefix(String prefix) {
        Arguments.text(prefix, "prefix");
        return told(() -> engine.removals.removeByPrefix(backend(), view, prefix));
    }

    @Override
    public CompletableFuture<Long> flush() {
        return told(() -> engine.removals.removeByPrefix(backend(), view, ""));
    }
}
