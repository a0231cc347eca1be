package io.psycache;

import io.psycache.CacheSettings.Partition;
import io.psycache.codec.CacheCodecs;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.Arguments;
import io.psycache.internal.engine.DefaultPostgresCache;
import io.psycache.internal.engine.Engines;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/**
 * A key-value cache in one unlogged table of PostgreSQL, its values plain JSON. Thread-safe.
 *
 * <p>An entry is returned only if every invalidation of it that the caller can see was already visible when its value was
 * loaded, so a committed change is never hidden by an older cached value.
 *
 * <p>Keys are 1 or more characters without NUL. A time to live is positive, or null for an entry that never expires; it
 * counts by the clock of the database. Methods without one use the {@linkplain Builder#defaultTtl default}.
 *
 * <p>Every method throws {@link IllegalArgumentException} for an argument that breaks a rule above, {@link
 * CacheValueException} for a value that can't be stored or read, and {@link org.springframework.dao.DataAccessException} when
 * the database fails; none leaves a change half done.
 *
 * <p>Within a transaction on the same {@code DataSource} reads and invalidations are part of it: an invalidation commits or
 * rolls back with the data. Puts are stored after the commit and dropped on rollback. A read-only transaction, and a callback
 * after the commit, can't write: there an invalidation runs in the background once the transaction has ended, again until it
 * succeeds.
 */
public interface PostgresCache extends AutoCloseable {

    static Builder builder(DataSource dataSource) {
        return new Builder(dataSource);
    }

    /** The JSON object under {@code key} as Python psycache returns it: maps, lists, strings, numbers, booleans, nulls. */
    default Optional<Map<String, Object>> getRaw(String key) {
        return get(key, new ParameterizedTypeReference<>() {});
    }

    /** Stores a JSON object. */
    default void putRaw(String key, Map<String, ?> value, @Nullable Duration ttl) {
        put(key, value, ttl);
    }

    /**
     * The value under {@code key}, or empty where there is none, where it has expired, or where it is JSON {@code null}; also while the
     * circuit breaker is open ({@link CacheInspection#breaker}).
     */
    default <T> Optional<T> get(String key, Class<T> type) {
        return get(key, Arguments.type(type));
    }

    /** {@link #get(String, Class)} for a generic type. */
    <T> Optional<T> get(String key, ParameterizedTypeReference<T> type);

    /**
     * The cached value, or what {@code loader} returns, which is then stored behind the caller. Concurrent callers in this process
     * wait for one load, and those in other processes for its {@linkplain CacheOptions#lease lease}; a caller in a transaction loads
     * on its own. A loader's null is returned and not stored.
     *
     * <p>Up to 1,000 loaded values wait to be stored; further ones are not stored. A get in this process of a key whose loaded value is
     * being stored waits for that, for half the {@linkplain Builder#timeout timeout} at most.
     *
     * @throws CacheLoadException if the loader fails, and {@link CacheOptions#staleIfError} allows no expired value; the failure is its
     *     direct cause
     * @throws CacheValueException if the loaded value can't be JSON that comes back equal
     */
    default <T> @Nullable T getOrLoad(
            String key, Class<T> type, @Nullable Duration ttl, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, Arguments.type(type), ttl, loader);
    }

    <T> @Nullable T getOrLoad(
            String key,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Callable<? extends @Nullable T> loader);

    default <T> @Nullable T getOrLoad(String key, Class<T> type, Callable<? extends @Nullable T> loader) {
        return getOrLoad(key, Arguments.type(type), loader);
    }

    <T> @Nullable T getOrLoad(String key, ParameterizedTypeReference<T> type, Callable<? extends @Nullable T> loader);

    /**
     * Stores {@code value}, which is not null; a load that began earlier does not overwrite it. While the circuit breaker is open it removes
     * the old entry instead.
     */
    void put(String key, Object value, @Nullable Duration ttl);

    void put(String key, Object value);

    /**
     * Stores {@code value} unless there is a valid entry.
     *
     * @return whether it was stored
     * @throws CacheUnavailableException if the circuit breaker is open
     */
    boolean putIfAbsent(String key, Object value, @Nullable Duration ttl);

    /** Whether there is a valid entry. @throws CacheUnavailableException if the circuit breaker is open */
    boolean exists(String key);

    /** Removes the entry. @return whether there was a valid one; a missing key is no error */
    default boolean remove(String key) {
        return removeAll(List.of(Arguments.key(key))) > 0;
    }

    /**
     * Adds {@code delta} to the integer under {@code key} in one atomic statement; an absent one counts as 0.
     *
     * @param ttl applies when the counter starts; a running counter keeps its end
     * @return the new value
     * @throws CacheValueException if the stored value is no integer, or the result would not fit 64 bits; it stays as it is
     * @throws CacheUnavailableException if the circuit breaker is open
     */
    long increment(String key, long delta, @Nullable Duration ttl);

    /** Adds 1, with the default time to live. */
    long increment(String key);

    /** The entries found, in the order of {@code keys}, in one round trip; misses are absent, as is JSON {@code null}. */
    default <T> Map<String, T> getAll(Collection<String> keys, Class<T> type) {
        return getAll(keys, Arguments.type(type));
    }

    <T> Map<String, T> getAll(Collection<String> keys, ParameterizedTypeReference<T> type);

    /**
     * The entries of {@code keys}, in their order: those found, and those that one call of {@code loader} returned for the rest,
     * which are stored behind the caller in one round trip. As with {@link #getOrLoad}, a value that was invalidated while it loaded is
     * returned but not stored. Two callers may load the same key at once.
     *
     * @param loader given the keys that are missing, in their order. A key that it does not return, or with null, is absent;
     *     keys that it was not asked for are ignored. It is not called where nothing is missing
     * @throws CacheLoadException if the loader fails, and {@link CacheOptions#staleIfError} allows no expired value; the failure is its
     *     direct cause
     * @throws CacheValueException if one of the loaded values can't be stored; then none of them is
     */
    default <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            Class<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader) {
        return getAllOrLoad(keys, Arguments.type(type), ttl, loader);
    }

    <T> Map<String, T> getAllOrLoad(
            Collection<String> keys,
            ParameterizedTypeReference<T> type,
            @Nullable Duration ttl,
            Function<? super Set<String>, ? extends Map<String, ? extends @Nullable T>> loader);

    /**
     * Stores all entries or, where one of them can't be stored, none; in one round trip. In a transaction they are stored after
     * the commit, as far as the queue of 1,000 puts has room.
     */
    void putAll(Map<String, ?> entries, @Nullable Duration ttl);

    /** Removes the entries in one round trip. @return how many valid ones there were */
    long removeAll(Collection<String> keys);

    /** A view whose puts carry these tags, in addition to those of this view. */
    PostgresCache withTags(String... tags);

    /** A view whose operations are named so for {@link CacheInstrumentation}. */
    PostgresCache withSpanName(String spanName);

    /** Invalidates every entry that carries one of the tags, and every load in flight of one. */
    void invalidateTags(String... tags);

    /**
     * Invalidates every entry whose key starts with {@code prefix}. Where that has more than 256 characters, entries go too
     * whose keys take more than 1,024 bytes and start with the same 256 characters.
     *
     * @return rows deleted; 0 within a transaction
     */
    long removeByPrefix(String prefix);

    /** Invalidates every entry. @return rows deleted; 0 within a transaction */
    long flush();

    /** Deletes the rows of expired and invalidated entries, as far as no other node does. @return how many */
    long cleanupExpired();

    /**
     * {@link #cleanupExpired()} unless a node has done it within {@code interval}: for schedulers that run on every node, so
     * that one of them does the work.
     */
    long cleanupExpired(Duration interval);

    /**
     * Starts a {@linkplain #cleanupExpired(Duration) cleanup} in the background that runs at once and then {@code interval}
     * after the end of each run.
     */
    CleanupService startCleanup(Duration interval);

    /** A named region of this cache, for adapters of other cache APIs. */
    CacheRegion region(String name);

    /** The same cache for callers that do not block. */
    AsyncPostgresCache async();

    /** The inspection of this cache, for operators. */
    CacheInspection inspection();

    /** Stores what is still queued, stops the cleanups started here, and leaves the {@code DataSource} open. */
    @Override
    void close();

    /** Settings of a cache; every one has a default. */
    final class Builder {
        private final DataSource dataSource;
        private String schema = "";
        private String table = "psycache";
        private @Nullable Duration defaultTtl = Duration.ofHours(1);
        private Duration timeout = Duration.ofMillis(500);
        private Duration logRetention = Duration.ofMinutes(5);
        private CacheOptions options = CacheOptions.DEFAULTS;
        private int lanes = 2;
        private int maxBatch = 100;
        private Partition partition = Partition.AUTO;
        private @Nullable CachePartition tenants;
        private int cleanupBatchSize = 1_000;
        private long nearMaximumSize = Runtime.getRuntime().maxMemory() / 20;
        private @Nullable Executor asyncExecutor;
        private List<CacheInstrumentation> instrumentations = List.of();
        private ReadContexts readContexts = Map::of;
        private boolean hashKeys;

        private Builder(DataSource dataSource) {
            this.dataSource = Arguments.notNull(dataSource, "dataSource");
        }

        /** The schema that holds the tables; by default the first of the connection's {@code search_path}. */
        public Builder schema(String schema) {
            this.schema = Arguments.notNull(schema, "schema");
            return this;
        }

        /** The name of the table of entries, {@code psycache} by default; the others' names begin with it. */
        public Builder table(String table) {
            this.table = Arguments.notNull(table, "table");
            return this;
        }

        /** Time to live for methods without one, 1 hour by default; null = never expires. */
        public Builder defaultTtl(@Nullable Duration defaultTtl) {
            this.defaultTtl = Arguments.ttl(defaultTtl, "defaultTtl");
            return this;
        }

        /**
         * The time that a get, a put or a removal outside a transaction may take, loader apart, 500 ms by default: in the queue, for a
         * connection of the pool and for the database. Requests for more than 1,000 keys have it once for each 1,000. The deletes of
         * {@link PostgresCache#removeByPrefix} and {@link PostgresCache#flush}, and the cleanup, take as long as they need.
         */
        public Builder timeout(Duration timeout) {
            this.timeout = Arguments.positive(timeout, "timeout");
            return this;
        }

        /** Options of the cache, and of its regions that set none of their own. Those that are set here override those set before. */
        public Builder options(CacheOptions options) {
            this.options = this.options.overriddenBy(Arguments.notNull(options, "options"));
            return this;
        }

        /**
         * The number of statements that are under way at once outside transactions, 2 by default; requests that come meanwhile go with
         * the next one. More of them take more connections of the pool.
         */
        public Builder lanes(int lanes) {
            this.lanes = Arguments.positive(lanes, "lanes");
            return this;
        }

        /** The number of keys that one statement takes together from several callers, 100 by default. */
        public Builder maxBatch(int maxBatch) {
            this.maxBatch = Arguments.positive(maxBatch, "maxBatch");
            return this;
        }

        /** Which database the data source gives the threads of the application; by default as the data source shows. */
        public Builder partition(Partition partition) {
            this.partition = Arguments.notNull(partition, "partition");
            return this;
        }

        /** Tells tenants apart that share tables; by default all threads have the same entries of a database. */
        public Builder tenants(CachePartition tenants) {
            this.tenants = Arguments.notNull(tenants, "tenants");
            return this;
        }

        /** The time that the invalidation log is kept at least, 5 minutes by default; a load that takes longer is not stored. */
        public Builder logRetention(Duration logRetention) {
            this.logRetention = Arguments.positive(logRetention, "logRetention");
            return this;
        }

        /** The number of pages of the table that one transaction of the cleanup walks, 1,000 by default. */
        public Builder cleanupBatchSize(int cleanupBatchSize) {
            this.cleanupBatchSize = Arguments.positive(cleanupBatchSize, "cleanupBatchSize");
            return this;
        }

        /**
         * The bytes that copies of entries may take in this process, about; by default a twentieth of the largest heap. 0 turns them off.
         * A get that finds a copy asks the database only whether the entry is still valid, together with all other callers; see {@link
         * CacheOptions#maxStaleness()}. Entries without a type and numbers are not copied.
         */
        public Builder nearMaximumSize(long bytes) {
            this.nearMaximumSize = Arguments.zeroOrMore(bytes, "nearMaximumSize");
            return this;
        }

        /**
         * The executor on which the futures of {@link AsyncPostgresCache} complete, values are decoded and loaders called; by default
         * daemon threads of the cache, 4 or as many as there are processors. A callback that blocks them delays other futures, but no statement.
         * Loaders of {@link CacheOptions#staleWhileRevalidate} and {@link CacheOptions#earlyRefresh} run here too; the task is handed over
         * on the caller's thread where that blocks, so that a decorating executor can hand on what is bound to it.
         */
        public Builder asyncExecutor(Executor asyncExecutor) {
            this.asyncExecutor = Arguments.notNull(asyncExecutor, "asyncExecutor");
            return this;
        }

        /** Observers, called in this order; none by default. */
        public Builder instrumentations(Collection<? extends CacheInstrumentation> instrumentations) {
            this.instrumentations = List.copyOf(Arguments.notNull(instrumentations, "instrumentations"));
            return this;
        }

        /** Contexts from which loaders may return what was read before, such as JPA persistence contexts; none by default. */
        public Builder readContexts(ReadContexts readContexts) {
            this.readContexts = Arguments.notNull(readContexts, "readContexts");
            return this;
        }

        /**
         * Whether observers, messages of exceptions and logs have hashes instead of keys; no by default. Set it where keys are
         * personal data.
         */
        public Builder hashKeys(boolean hashKeys) {
            this.hashKeys = hashKeys;
            return this;
        }

        /**
         * The cache. It touches the database at the first call only; {@link PsycacheSchema#create} makes the tables.
         *
         * @throws IllegalArgumentException if schema or table is no plain identifier, or if the log is kept no longer than a
         *     statement may take, or for less than {@code maxStaleness}
         */
        public PostgresCache build() {
            Arguments.logRetention(logRetention, timeout);
            Arguments.maxStaleness(options.maxStaleness(), logRetention);
            CacheOptions complete = options.codec() == null ? options.codec(CacheCodecs.detect()) : options;
            CacheSettings settings = new CacheSettings(
                    schema,
                    table,
                    defaultTtl,
                    lanes,
                    maxBatch,
                    timeout,
                    logRetention,
                    cleanupBatchSize,
                    partition,
                    nearMaximumSize,
                    complete,
                    hashKeys);
            return new DefaultPostgresCache(
                    new Engines(dataSource, settings, tenants, asyncExecutor, instrumentations, readContexts));
        }
    }
}
