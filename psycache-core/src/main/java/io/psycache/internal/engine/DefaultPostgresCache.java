package io.psycache.internal.engine;

import io.psycache.AsyncPostgresCache;
import io.psycache.CacheInspection;
import io.psycache.CacheRegion;
import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import io.psycache.internal.Arguments;
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
public record DefaultPostgresCache(Engines engines, View declared) implements PostgresCache {

    public DefaultPostgresCache(Engines engines) {
        this(engines, engines.view());
    }

    private @Nullable Duration defaultTtl() {
        return engines.settings.defaultTtl();
    }

    @Override
    public <T> Optional<T> get(String key, ParameterizedTypeReference<T> type) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        Type declared = Arguments.type(type);
        return Optional.ofNullable(
                Typed.value(engine.reads.get(engine.backend(view), view, Arguments.key(key), stored -> declared)));
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends @Nullable T> loader) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return Typed.value(engine.loads
                .getOrLoad(Load.of(engine.backend(view), view, key, Arguments.type(type), ttl, loader))
                .get());
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key, ParameterizedTypeReference<T> type, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, type, defaultTtl(), loader);
    }

    @Override
    public void put(String key, Object value, @Nullable Duration ttl) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        engine.writes
                .put(engine.backend(view), view, Map.of(key, Typed.entry(view, key, value, ttl)))
                .get();
    }

    @Override
    public void put(String key, Object value) {
        put(key, value, defaultTtl());
    }

    @Override
    public boolean putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.writes
                        .putIfAbsent(engine.backend(view), view, key, Typed.entry(view, key, value, ttl))
                        .get()
                == 1;
    }

    @Override
    public boolean exists(String key) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.reads
                .exists(engine.backend(view), view, Arguments.key(key))
                .get();
    }

    @Override
    public long removeAll(Collection<String> keys) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.removals
                .remove(engine.backend(view), view, Typed.keys(keys))
                .get();
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.writes
                .increment(engine.backend(view), view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl"))
                .get();
    }

    @Override
    public long increment(String key) {
        return increment(key, 1, defaultTtl());
    }

    @Override
    public <T> Map<String, T> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        Type declared = Arguments.type(type);
        return Typed.values(engine.reads
                .getAll(engine.backend(view), view, Typed.keys(keys), stored -> declared)
                .get());
    }

    @Override
    public <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return Typed.cast(engine.bulkLoad(engine.backend(view), view, Arguments.type(type), ttl)
                .run(Typed.keys(keys), Arguments.notNull(loader, "loader"))
                .get());
    }

    @Override
    public void putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        engine.writes
                .put(engine.backend(view), view, Typed.entries(view, entries, ttl))
                .get();
    }

    @Override
    public PostgresCache withTags(String... tags) {
        return new DefaultPostgresCache(engines, declared.withTags(Typed.tags(tags).stream()));
    }

    @Override
    public PostgresCache withSpanName(String spanName) {
        return new DefaultPostgresCache(engines, declared.withSpanName(Arguments.text(spanName, "spanName")));
    }

    @Override
    public void invalidateTags(String... tags) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        engine.removals
                .invalidateTags(engine.backend(view), view, Typed.tags(tags))
                .get();
    }

    @Override
    public long removeByPrefix(String prefix) {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.removals
                .removeByPrefix(engine.backend(view), view, Arguments.text(prefix, "prefix"))
                .get();
    }

    @Override
    public long flush() {
        Engine engine = engines.current();
        View view = engines.here(declared);
        return engine.removals.removeByPrefix(engine.backend(view), view, "").get();
    }

    @Override
    public long cleanupExpired() {
        return engines.cleanups.run(Duration.ZERO);
    }

    @Override
    public long cleanupExpired(Duration interval) {
        return engines.cleanups.run(Arguments.positive(interval, "interval"));
    }

    @Override
    public CleanupService startCleanup(Duration interval) {
        return engines.cleanups.start(Arguments.positive(interval, "interval"));
    }

    @Override
    public CacheRegion region(String name) {
        Arguments.text(name, "name");
        return new DefaultCacheRegion(
                engines, name, declared.withTags(Stream.of(Tags.ofCache(name))).withSpanName(name));
    }

    @Override
    public CacheInspection inspection() {
        return engines.inspection();
    }

    @Override
    public AsyncPostgresCache async() {
        return new DefaultAsyncPostgresCache(engines, declared);
    }

    @Override
    public void close() {
        engines.close();
    }
}
