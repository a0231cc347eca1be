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
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The cache for callers that are told. Arguments are refused at once; what fails after that fails the future. */
record DefaultAsyncPostgresCache(Engines engines, View declared) implements AsyncPostgresCache {

    @Override
    public <T> CompletableFuture<Optional<T>> get(String key, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return told((engine, view) -> engine.reads
                .getOne(engine.told(view), view, Arguments.key(key), stored -> declared)
                .map(found -> Optional.<T>ofNullable(Typed.value(found))));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return future((engine, view) -> engine.loads.start(
                Load.of(engine.loading(view), view, key, Arguments.type(type), ttl, loader), Typed::value));
    }

    @Override
    public <T> CompletableFuture<@Nullable T> getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            Callable<? extends CompletionStage<? extends @Nullable T>> loader) {
        return getOrLoad(key, type, engines.settings.defaultTtl(), loader);
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value, @Nullable Duration ttl) {
        return told((engine, view) ->
                        engine.writes.put(engine.told(view), view, Map.of(key, Typed.entry(view, key, value, ttl))))
                .thenAccept(stored -> {});
    }

    @Override
    public CompletableFuture<Void> put(String key, Object value) {
        return put(key, value, engines.settings.defaultTtl());
    }

    @Override
    public CompletableFuture<Boolean> putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        return told((engine, view) -> {
            Backend told = engine.told(view);
            Backend backend = told.direct() == null ? engine.backend(view) : told; // part of the caller's transaction
            return engine.writes
                    .putIfAbsent(backend, view, key, Typed.entry(view, key, value, ttl))
                    .map(stored -> stored == 1);
        });
    }

    @Override
    public CompletableFuture<Boolean> exists(String key) {
        return told((engine, view) -> engine.reads.exists(engine.told(view), view, Arguments.key(key)));
    }

    @Override
    public CompletableFuture<Long> removeAll(Collection<String> keys) {
        List<String> distinct = Typed.keys(keys);
        return told((engine, view) -> engine.removals.remove(engine.told(view), view, distinct));
    }

    @Override
    public CompletableFuture<Long> increment(String key, long delta, @Nullable Duration ttl) {
        return told((engine, view) ->
                engine.writes.increment(engine.told(view), view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl")));
    }

    @Override
    public CompletableFuture<Long> increment(String key) {
        return increment(key, 1, engines.settings.defaultTtl());
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return told((engine, view) -> engine.reads
                .getAll(engine.told(view), view, Typed.keys(keys), stored -> declared)
                .map(Typed::<T>values));
    }

    @Override
    public <T> CompletableFuture<Map<String, T>> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ? extends @Nullable T>>>
                    loader) {
        return told((engine, view) -> engine.bulkLoad(engine.loading(view), view, Arguments.type(type), ttl)
                .run(Typed.keys(keys), Arguments.notNull(loader, "loader"))
                .map(Typed::<T>cast));
    }

    @Override
    public CompletableFuture<Void> putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        return told((engine, view) -> engine.writes.put(engine.told(view), view, Typed.entries(view, entries, ttl)))
                .thenAccept(stored -> {});
    }

    private <T> CompletableFuture<T> told(BiFunction<Engine, View, Reply<T>> operation) {
        return future((engine, view) -> operation.apply(engine, view).future());
    }

    private <T extends @Nullable Object> CompletableFuture<T> future(
            BiFunction<Engine, View, CompletableFuture<T>> operation) {
        try {
            return operation.apply(engines.current(), engines.here(declared));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) { // the failure of the future
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public AsyncPostgresCache withTags(String... tags) {
        return new DefaultAsyncPostgresCache(engines, declared.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public AsyncPostgresCache withSpanName(String spanName) {
        return new DefaultAsyncPostgresCache(engines, declared.withSpanName(Arguments.text(spanName, "spanName")));
    }

    @Override
    public CompletableFuture<Void> invalidateTags(String... tags) {
        List<String> checked = Typed.tags(tags);
        return told((engine, view) -> engine.removals.invalidateTags(engine.told(view), view, checked))
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<Long> removeByPrefix(String prefix) {
        Arguments.text(prefix, "prefix");
        return told((engine, view) -> engine.removals.removeByPrefix(engine.told(view), view, prefix));
    }

    @Override
    public CompletableFuture<Long> flush() {
        return told((engine, view) -> engine.removals.removeByPrefix(engine.told(view), view, ""));
    }
}
