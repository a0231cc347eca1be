package io.psycache.internal.engine;

import io.psycache.AsyncPostgresCache;
import io.psycache.CacheInspection;
import io.psycache.CacheRegion;
import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.entry.View;
import io.psycache.internal.load.Load;
import io.psycache.internal.store.Tags;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The cache for callers that block: it checks arguments, chooses the backend, and hands on. */
public record DefaultPostgresCache(Engine engine, View view) implements PostgresCache {

    public DefaultPostgresCache(Engine engine) {
        this(engine, engine.view());
    }

    private Backend backend() {
        return engine.backend(view);
    }

    private @Nullable Duration defaultTtl() {
        return engine.settings.defaultTtl();
    }

    @Override
    public <T> Optional<T> get(String key, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return Optional.ofNullable(
                Typed.value(engine.reads.get(backend(), view, Arguments.key(key), stored -> declared)));
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends @Nullable T> loader) {
        return Typed.value(engine.loads
                .getOrLoad(Load.of(backend(), view, key, Arguments.type(type), ttl, loader))
                .get());
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key, ParameterizedTypeReference<T> type, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, type, defaultTtl(), loader);
    }

    @Override
    public void put(String key, Object value, @Nullable Duration ttl) {
        engine.writes
                .put(backend(), view, Map.of(key, Typed.entry(view, key, value, ttl)))
                .get();
    }

    @Override
    public void put(String key, Object value) {
        put(key, value, defaultTtl());
    }

    @Override
    public boolean putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        return engine.writes
                        .putIfAbsent(backend(), view, key, Typed.entry(view, key, value, ttl))
                        .get()
                == 1;
    }

    @Override
    public boolean exists(String key) {
        return engine.reads.exists(backend(), Arguments.key(key)).get();
    }

    @Override
    public long removeAll(Collection<String> keys) {
        return engine.removals.remove(backend(), view, Typed.keys(keys)).get();
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl) {
        return engine.writes
                .increment(backend(), view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl"))
                .get();
    }

    @Override
    public long increment(String key) {
        return increment(key, 1, defaultTtl());
    }

    @Override
    public <T> Map<String, T> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        Type declared = Arguments.type(type);
        return Typed.values(engine.reads
                .getAll(backend(), view, Typed.keys(keys), stored -> declared)
                .get());
    }

    @Override
    public <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader) {
        return Typed.cast(engine.bulkLoad(backend(), view, Arguments.type(type), ttl)
                .run(Typed.keys(keys), Arguments.notNull(loader, "loader"))
                .get());
    }

    @Override
    public void putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        engine.writes.put(backend(), view, Typed.entries(view, entries, ttl)).get();
    }

    @Override
    public PostgresCache withTags(String... tags) {
        return new DefaultPostgresCache(engine, view.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public PostgresCache withSpanName(String spanName) {
        return new DefaultPostgresCache(engine, view.withSpanName(Arguments.text(spanName, "spanName")));
    }

    @Override
    public void invalidateTags(String... tags) {
        engine.removals.invalidateTags(backend(), view, Typed.tags(tags)).get();
    }

    @Override
    public long removeByPrefix(String prefix) {
        return engine.removals
                .removeByPrefix(backend(), view, Arguments.text(prefix, "prefix"))
                .get();
    }

    @Override
    public long flush() {
        return engine.removals.removeByPrefix(backend(), view, "").get();
    }

    @Override
    public long cleanupExpired() {
        return engine.cleanup(Duration.ZERO);
    }

    @Override
    public long cleanupExpired(Duration interval) {
        return engine.cleanup(Arguments.positive(interval, "interval"));
    }

    @Override
    public CleanupService startCleanup(Duration interval) {
        return engine.startCleanup(Arguments.positive(interval, "interval"));
    }

    @Override
    public CacheRegion region(String name) {
        Arguments.text(name, "name");
        return new DefaultCacheRegion(
                engine, name, view.withTags(Stream.of(Tags.ofCache(name))).withSpanName(name));
    }

    @Override
    public CacheInspection inspection() {
        return engine.inspection;
    }

    @Override
    public AsyncPostgresCache async() {
        return new DefaultAsyncPostgresCache(engine, view);
    }

    @Override
    public void close() {
        engine.close();
    }
}
