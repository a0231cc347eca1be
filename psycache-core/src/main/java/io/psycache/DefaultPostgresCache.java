package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CompositeInstrumentation;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.LeaseStore;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.maintenance.Cleanup;
import io.psycache.internal.store.maintenance.ContentsStore;
import io.psycache.internal.store.maintenance.MaintenanceStore;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** The cache over its parts: it checks arguments, and hands on. */
final class DefaultPostgresCache implements PostgresCache {
    static final Type JSON_OBJECT = new ParameterizedTypeReference<Map<String, Object>>() {}.getType();

    private static final Duration CLEANUP_TIMEOUT = Duration.ofSeconds(10);

    private final CacheParts parts;
    private final CacheView view;

    private DefaultPostgresCache(CacheParts parts, CacheView view) {
        this.parts = parts;
        this.view = view;
    }

    static PostgresCache create(Builder settings) {
        CacheSettings built = CacheSettings.of(settings);
        CacheTables tables = new CacheTables(settings.schema, settings.table);
        CacheInstrumentation observers = new CompositeInstrumentation(settings.instrumentations);
        CacheInstrumentation instrumentation = settings.hashKeys ? new KeyHashingInstrumentation(observers) : observers;
        EntryStore store = new EntryStore(settings.dataSource, tables, settings.timeout);
        InvalidationLog log = new InvalidationLog(settings.dataSource, tables, settings.timeout);
        Callbacks callbacks = new Callbacks(settings.asyncExecutor);
        Lanes lanes = new Lanes(
                settings.lanes,
                settings.maxBatch,
                settings.timeout,
                callbacks.executor(),
                new LaneMeasurements(instrumentation));
        Cleanup cleanup = new Cleanup(
                new MaintenanceStore(settings.dataSource, tables, CLEANUP_TIMEOUT),
                settings.cleanupBatchSize,
                settings.logRetention);
        ContentsStore contents = new ContentsStore(settings.dataSource, tables, settings.timeout);
        CacheView view = CacheView.of(built.options(), built.shownKeys());
        return new DefaultPostgresCache(
                new CacheParts(
                        store,
                        log,
                        new LeaseStore(settings.dataSource, tables, settings.timeout),
                        lanes,
                        callbacks,
                        new LoadTokens(settings.readContexts, store::inForeignSnapshot),
                        instrumentation,
                        cleanup,
                        contents,
                        built),
                view);
    }

    @Override
    public Optional<Map<String, Object>> getRaw(String key) {
        return get(key, JSON_OBJECT);
    }

    @Override
    public void putRaw(String key, Map<String, ?> value, @Nullable Duration ttl) {
        put(key, Arguments.notNull(value, "value"), ttl);
    }

    @Override
    public <T> Optional<T> get(String key, Class<T> type) {
        return get(key, (Type) Arguments.notNull(type, "type"));
    }

    @Override
    public <T> Optional<T> get(String key, ParameterizedTypeReference<T> type) {
        return get(key, Arguments.notNull(type, "type").getType());
    }

    private <T> Optional<T> get(String key, Type type) {
        return Optional.ofNullable(read(parts.reader.get(view, Arguments.key(key), stored -> type)));
    }

    @SuppressWarnings("unchecked") // decoded as the type of T
    static <T> @Nullable T read(FoundEntry found) {
        if (found.unreadable() != null) {
            throw found.unreadable();
        }
        return (T) found.value();
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key, Class<T> type, @Nullable Duration ttl, Callable<? extends @Nullable T> loader) {
        return load(key, Arguments.notNull(type, "type"), ttl, loader);
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends @Nullable T> loader) {
        return load(key, Arguments.notNull(type, "type").getType(), ttl, loader);
    }

    @Override
    public <T> @Nullable T getOrLoad(String key, Class<T> type, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, type, parts.defaultTtl, loader);
    }

    @Override
    public <T> @Nullable T getOrLoad(
            String key, ParameterizedTypeReference<T> type, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, type, parts.defaultTtl, loader);
    }

    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    private <T> @Nullable T load(String key, Type type, @Nullable Duration ttl, Callable<?> loader) {
        return (T) parts.loader.getOrLoad(Load.of(view, key, type, ttl, loader));
    }

    @Override
    public void put(String key, Object value, @Nullable Duration ttl) {
        parts.writer.put(view, Map.of(key, request(key, value, ttl)));
    }

    @Override
    public void put(String key, Object value) {
        put(key, value, parts.defaultTtl);
    }

    PutRequest request(String key, Object value, @Nullable Duration ttl) {
        Arguments.notNull(value, "value");
        return PutRequests.of(view, Arguments.key(key), value, ValueTypes.of(value), Arguments.ttl(ttl, "ttl"));
    }

    @Override
    public boolean putIfAbsent(String key, Object value, @Nullable Duration ttl) {
        return putIfAbsent(key, request(key, value, ttl));
    }

    boolean putIfAbsent(String key, PutRequest request) {
        if (!parts.writer.isDeferred()) {
            return parts.writer.putIfAbsent(view, key, request).run();
        }
        FoundEntry found = parts.reader.get(view, key, stored -> Object.class);
        return !found.isHit() && parts.writer.putLoaded(view, key, request, found.token());
    }

    @Override
    public boolean exists(String key) {
        return parts.reader.exists(view, Arguments.key(key));
    }

    @Override
    public boolean remove(String key) {
        return removeAll(List.of(Arguments.key(key))) > 0;
    }

    @Override
    public long removeAll(Collection<String> keys) {
        return parts.evictions.remove(view, distinct(keys));
    }

    static List<String> distinct(Collection<String> keys) {
        return Arguments.notNull(keys, "keys").stream()
                .map(Arguments::key)
                .distinct()
                .toList();
    }

    @Override
    public long increment(String key, long delta, @Nullable Duration ttl) {
        return parts.counters.increment(view, Arguments.key(key), delta, Arguments.ttl(ttl, "ttl"));
    }

    @Override
    public long increment(String key) {
        return increment(key, 1, parts.defaultTtl);
    }

    @Override
    public <T> Map<String, T> getAll(Collection<String> keys, Class<T> type) {
        return getAll(keys, (Type) Arguments.notNull(type, "type"));
    }

    @Override
    public <T> Map<String, T> getAll(Collection<String> keys, ParameterizedTypeReference<T> type) {
        return getAll(keys, Arguments.notNull(type, "type").getType());
    }

    private <T> Map<String, T> getAll(Collection<String> keys, Type type) {
        return values(parts.reader.get(view, distinct(keys), stored -> type));
    }

    static <T> Map<String, T> values(List<FoundEntry> entries) {
        Map<String, T> found = new LinkedHashMap<>();
        for (FoundEntry entry : entries) {
            T value = read(entry);
            if (value != null) {
                found.put(entry.key(), value);
            }
        }
        return found;
    }

    @Override
    public <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            Class<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader) {
        return loadAll(keys, Arguments.notNull(type, "type"), ttl, loader);
    }

    @Override
    public <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader) {
        return loadAll(keys, Arguments.notNull(type, "type").getType(), ttl, loader);
    }

    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    private <T> Map<String, T> loadAll(
            Collection<String> keys,
            Type type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ?>> loader) {
        return (Map<String, T>) new BulkLoad(parts.reader, parts.writer, view, type, Arguments.ttl(ttl, "ttl"))
                .run(distinct(keys), Arguments.notNull(loader, "loader"));
    }

    @Override
    public void putAll(Map<String, ?> entries, @Nullable Duration ttl) {
        Map<String, PutRequest> requests = new LinkedHashMap<>();
        Arguments.notNull(entries, "entries").forEach((key, value) -> requests.put(key, request(key, value, ttl)));
        parts.writer.put(view, requests);
    }

    @Override
    public PostgresCache withTags(String... tags) {
        return new DefaultPostgresCache(parts, view.withTags(checked(tags).stream()));
    }

    static List<String> checked(String... tags) {
        return Stream.of(Arguments.notNull(tags, "tags"))
                .map(tag -> Tags.ofUser(Arguments.text(tag, "tag")))
                .distinct()
                .toList();
    }

    @Override
    public PostgresCache withSpanName(String spanName) {
        return new DefaultPostgresCache(parts, view.withSpanName(Arguments.text(spanName, "spanName")));
    }

    @Override
    public void invalidateTags(String... tags) {
        parts.evictions.invalidateTags(view, new ArrayList<>(checked(tags)));
    }

    @Override
    public long removeByPrefix(String prefix) {
        return parts.evictions.removeByPrefix(view, Arguments.text(prefix, "prefix"));
    }

    @Override
    public long flush() {
        return parts.evictions.removeByPrefix(view, "");
    }

    @Override
    public long cleanupExpired() {
        return parts.cleanup(Duration.ZERO);
    }

    @Override
    public long cleanupExpired(Duration interval) {
        return parts.cleanup(Arguments.positive(interval, "interval"));
    }

    @Override
    public CleanupService startCleanup(Duration interval) {
        return parts.startCleanup(Arguments.positive(interval, "interval"));
    }

    @Override
    public CacheRegion region(String name) {
        Arguments.text(name, "name");
        return new DefaultCacheRegion(
                parts, name, view.withTags(Stream.of(Tags.ofCache(name))).withSpanName(name));
    }

    @Override
    public CacheInspection inspection() {
        return parts.inspection;
    }

    @Override
    public AsyncPostgresCache async() {
        return new DefaultAsyncPostgresCache(this, parts, view);
    }

    @Override
    public void close() {
        parts.close();
    }
}
