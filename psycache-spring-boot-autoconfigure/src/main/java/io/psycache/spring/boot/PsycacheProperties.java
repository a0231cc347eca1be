package io.psycache.spring.boot;

import io.psycache.TransactionPolicy;
import io.psycache.WriteMode;
import io.psycache.spring.FailurePolicy;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of psycache.
 *
 * @param enabled Whether psycache configures anything.
 * @param schema Schema that holds the tables. By default the first one of the connection's search path.
 * @param table Name of the table of entries. The names of the other tables begin with it.
 * @param initializeSchema Whether missing tables are created when the application starts, after its own migrations.
 * @param keyPrefix What the keys of Spring caches begin with. It keeps applications that share one table apart.
 * @param defaultTtl How long entries live when nothing else is said, or 'never' for entries that never expire.
 * @param ttlJitter Share of its time to live, from 0 to 1, by which the life of an entry is shortened at random, so that
 *     entries that were put together do not expire together.
 * @param cacheNullValues Whether Spring caches store null.
 * @param caches Settings of single Spring caches, by name. A setting that is left out is that of all caches.
 * @param lanes How many statements of the cache are under way at once outside transactions. What is asked for meanwhile goes
 *     with the next one.
 * @param maxBatch How many keys one statement takes together from several callers. With 1 every caller sends its own on its
 *     own thread, as a data source needs that chooses its database by the thread.
 * @param timeout How long a get, a put or a removal outside a transaction may take, loader apart, waiting for a connection
 *     included.
 * @param lease How long callers with sync = true, or of getOrLoad, wait for a load in another process. With 0 each process
 *     loads on its own.
 * @param writeMode Whether callers wait for puts outside transactions.
 * @param staleWhileRevalidate For how long after its time has ended a value is returned at once and loaded again in the
 *     background, with sync = true or by getOrLoad. With 0 not at all.
 * @param earlyRefresh By how many times the usual time of a load, about, a value is loaded in the background before its end, with
 *     sync = true or by getOrLoad, from 0 to 1000. With 0 not at all.
 * @param failurePolicy What a failing get or put does to the application. A failing eviction is always an error.
 * @param logRetention How long the log of invalidations is kept at least. A value that took longer to load is not stored.
 * @param transaction What the cache does about transactions of the application.
 * @param cleanup The cleanup in the background, which deletes expired rows.
 * @param hashKeys Whether traces and other observers, messages of exceptions and logs have hashes instead of keys, which may be
 *     personal data.
 * @param metrics The meters of Micrometer.
 * @param observations The observations of Micrometer.
 * @param sentry The spans of Sentry.
 * @param endpoint The actuator endpoint.
 */
@ConfigurationProperties("psycache")
public record PsycacheProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String schema,
        @DefaultValue("psycache") String table,
        @DefaultValue("always") SchemaInitialization initializeSchema,
        @DefaultValue("") String keyPrefix,
        @DefaultValue("1h") TimeToLive defaultTtl,
        @DefaultValue("0") double ttlJitter,
        @DefaultValue("true") boolean cacheNullValues,
        @DefaultValue Map<String, Cache> caches,
        @DefaultValue("2") int lanes,
        @DefaultValue("100") int maxBatch,
        @DefaultValue("500ms") Duration timeout,
        @DefaultValue("10s") Duration lease,
        @DefaultValue("sync") WriteMode writeMode,
        @DefaultValue("0s") Duration staleWhileRevalidate,
        @DefaultValue("0") double earlyRefresh,
        @DefaultValue("miss") FailurePolicy failurePolicy,
        @DefaultValue("5m") Duration logRetention,
        @DefaultValue Transaction transaction,
        @DefaultValue Cleanup cleanup,
        @DefaultValue("false") boolean hashKeys,
        @DefaultValue Metrics metrics,
        @DefaultValue Observations observations,
        @DefaultValue Sentry sentry,
        @DefaultValue Endpoint endpoint)
        implements InitializingBean {

    public PsycacheProperties {
        caches = Map.copyOf(caches);
    }

    /** The schema as {@link io.psycache.PostgresCache.Builder#schema} takes it: empty = the first of the search path. */
    String schemaOrDefault() {
        return schema == null ? "" : schema;
    }

    /** Checks what no type can express, once the values are bound, so that a failure names property, value and origin. */
    @Override
    public void afterPropertiesSet() {
        PropertyRules.check(this);
    }

    /**
     * Settings of one Spring cache.
     *
     * @param ttl How long its entries live, or 'never'.
     * @param ttlJitter Share of its time to live, from 0 to 1, by which the life of an entry is shortened at random.
     * @param cacheNullValues Whether it stores null.
     * @param failurePolicy What a failing get or put does to the application.
     * @param keyPrefix What its keys begin with.
     * @param lease How long callers with sync = true wait for a load in another process, or 0.
     * @param writeMode Whether callers wait for its puts outside transactions.
     * @param staleWhileRevalidate For how long after its time has ended a value is returned at once and loaded again in the
     *     background, with sync = true, or 0.
     * @param earlyRefresh By how many times the usual time of a load, about, a value is loaded in the background before its end,
     *     with sync = true, from 0 to 1000.
     * @param transaction What it does within transactions of the application.
     */
    public record Cache(
            @Nullable TimeToLive ttl,
            @Nullable Double ttlJitter,
            @Nullable Boolean cacheNullValues,
            @Nullable FailurePolicy failurePolicy,
            @Nullable String keyPrefix,
            @Nullable Duration lease,
            @Nullable WriteMode writeMode,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Double earlyRefresh,
            @Nullable CacheTransaction transaction) {}

    /**
     * What one Spring cache does within transactions of the application.
     *
     * @param get Whether its gets take part in a transaction.
     * @param put What becomes of its puts in a transaction.
     * @param serializable Whether its gets take part in a SERIALIZABLE transaction.
     */
    public record CacheTransaction(
            TransactionPolicy.@Nullable Get get,
            TransactionPolicy.@Nullable Put put,
            TransactionPolicy.@Nullable Get serializable) {}

    /**
     * What the cache does about transactions of the application.
     *
     * @param adviceOrder Who orders the advice of methods that are both cached and transactional.
     * @param get Whether gets take part in a transaction. Otherwise they are misses there, and what is loaded is not stored.
     * @param put What becomes of puts in a transaction. An eviction is always part of it.
     * @param serializable Whether gets take part in a SERIALIZABLE transaction, which can then fail because of the cache.
     */
    public record Transaction(
            @DefaultValue("managed") AdviceOrder adviceOrder,
            @DefaultValue("join") TransactionPolicy.Get get,
            @DefaultValue("after-commit") TransactionPolicy.Put put,
            @DefaultValue("bypass") TransactionPolicy.Get serializable) {

        TransactionPolicy policy() {
            return new TransactionPolicy(get, put, serializable);
        }
    }

    /**
     * The cleanup in the background.
     *
     * @param enabled Whether expired rows are deleted in the background.
     * @param interval Time from the end of a run to the start of the next; one node of all does the work.
     * @param batchSize How many pages of the table one transaction of the cleanup walks.
     */
    public record Cleanup(
            @DefaultValue("true") boolean enabled,
            @DefaultValue(DEFAULT_INTERVAL) Duration interval,
            @DefaultValue("1000") int batchSize) {

        static final String DEFAULT_INTERVAL = "5m";
    }

    /**
     * The meters of Micrometer.
     *
     * @param enabled Whether there are meters of the cache, where there is a meter registry.
     */
    public record Metrics(@DefaultValue("true") boolean enabled) {}

    /**
     * The observations of Micrometer.
     *
     * @param enabled Whether operations of the cache are observations, where there is an observation registry.
     */
    public record Observations(@DefaultValue("true") boolean enabled) {}

    /**
     * The spans of Sentry.
     *
     * @param enabled Whether operations of the cache are spans of Sentry, where its SDK is on the class path and does not trace
     *     caches itself (sentry.enable-cache-tracing).
     */
    public record Sentry(@DefaultValue("true") boolean enabled) {}

    /**
     * The actuator endpoint 'psycache'.
     *
     * @param showKeys Whether the endpoint shows some keys of a cache, or their hashes where psycache.hash-keys is set. It never
     *     shows values.
     */
    public record Endpoint(@DefaultValue("false") boolean showKeys) {}
}
