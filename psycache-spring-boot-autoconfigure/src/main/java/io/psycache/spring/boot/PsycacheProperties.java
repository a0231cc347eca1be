package io.psycache.spring.boot;

import static io.psycache.spring.boot.PropertyRules.factor;
import static io.psycache.spring.boot.PropertyRules.identifier;
import static io.psycache.spring.boot.PropertyRules.notNegative;
import static io.psycache.spring.boot.PropertyRules.positive;
import static io.psycache.spring.boot.PropertyRules.withoutNul;

import io.psycache.CacheOptions;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.spring.FailurePolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Properties of psycache.
 *
 * <p>A bean with setters, as Boot's own: it is bound in 10 ms at a start. A record takes 41: for each of 25 parameters Boot reads the
 * annotations of all, and converts a text. Groups are records all the same: they have few parameters, and one of which nothing is
 * set is not bound.
 */
@ConfigurationProperties("psycache")
public final class PsycacheProperties implements InitializingBean, EnvironmentAware {
    private @Nullable Environment environment;

    /** Whether psycache configures anything. */
    private boolean enabled = true;

    /** Schema that holds the tables. By default the first one of the connection's search path. */
    private @Nullable String schema;

    /** Name of the table of entries. The names of the other tables begin with it. */
    private String table = "psycache";

    /** Whether missing tables are created when the application starts, after its own migrations. */
    private SchemaInitialization initializeSchema = SchemaInitialization.ALWAYS;

    /** What the keys of Spring caches begin with. It keeps applications that share one table apart. */
    private String keyPrefix = "";

    /** How long entries live when nothing else is said, or 'never' for entries that never expire. */
    private TimeToLive defaultTtl = new TimeToLive(Duration.ofHours(1));

    /**
     * Share of its time to live, from 0 to 1, by which the life of an entry is shortened at random, so that entries that were put
     * together do not expire together.
     */
    private double ttlJitter;

    /** Whether Spring caches store null. */
    private boolean cacheNullValues = true;

    /** Settings of single Spring caches, by name. A setting that is left out is that of all caches. */
    private final Map<String, Cache> caches = new LinkedHashMap<>();

    /**
     * How many statements of the cache are under way at once outside transactions. What is asked for meanwhile goes with the next
     * one.
     */
    private int lanes = 2;

    /**
     * How many keys one statement takes together from several callers. With 1 every caller sends its own on its own thread, as a
     * data source needs that chooses its database by the thread.
     */
    private int maxBatch = 100;

    /** How long a get, a put or a removal outside a transaction may take, loader apart, waiting for a connection included. */
    private Duration timeout = Duration.ofMillis(500);

    /**
     * How long callers with sync = true, or of getOrLoad, wait for a load in another process. With 0 each process loads on its
     * own.
     */
    private Duration lease = Duration.ofSeconds(10);

    /**
     * For how long after its expiry a value is returned at once and loaded again in the background, with sync = true or by
     * getOrLoad. 0 disables it.
     */
    private Duration staleWhileRevalidate = Duration.ofSeconds(0);

    /**
     * XFetch beta: by how many times the usual time of a load, about, a value is loaded in the background before its expiry, with
     * sync = true or by getOrLoad, from 0 to 1000. 0 disables it.
     */
    private double earlyRefresh;

    /** What a failing get or put does to the application. A failing eviction is always an error. */
    private FailurePolicy failurePolicy = FailurePolicy.MISS;

    /** How long the log of invalidations is kept at least. A value that took longer to load is not stored. */
    private Duration logRetention = Duration.ofMinutes(5);

    /** What the cache does about transactions of the application. */
    private Transaction transaction = new Transaction(AdviceOrder.MANAGED, SerializableReads.BYPASS);

    /** The cleanup in the background, which deletes expired rows. */
    private Cleanup cleanup = new Cleanup(true, Duration.ofMinutes(5), 1_000);

    /**
     * Whether traces and other observers, messages of exceptions and logs have hashes instead of keys, which may be personal
     * data.
     */
    private boolean hashKeys;

    /** The meters of Micrometer. */
    private Metrics metrics = new Metrics(true);

    /** The observations of Micrometer. */
    private Observations observations = new Observations(true);

    /** The spans of Sentry. */
    private Sentry sentry = new Sentry(true);

    /** The actuator endpoint. */
    private Endpoint endpoint = new Endpoint(false);

    public boolean isEnabled() {
        return enabled;
    }

    public void setEnabled(boolean enabled) {
        this.enabled = enabled;
    }

    public @Nullable String getSchema() {
        return schema;
    }

    public void setSchema(@Nullable String schema) {
        this.schema = schema;
    }

    public String getTable() {
        return table;
    }

    public void setTable(String table) {
        this.table = table;
    }

    public SchemaInitialization getInitializeSchema() {
        return initializeSchema;
    }

    public void setInitializeSchema(SchemaInitialization initializeSchema) {
        this.initializeSchema = initializeSchema;
    }

    public String getKeyPrefix() {
        return keyPrefix;
    }

    public void setKeyPrefix(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    public TimeToLive getDefaultTtl() {
        return defaultTtl;
    }

    public void setDefaultTtl(TimeToLive defaultTtl) {
        this.defaultTtl = defaultTtl;
    }

    public double getTtlJitter() {
        return ttlJitter;
    }

    public void setTtlJitter(double ttlJitter) {
        this.ttlJitter = ttlJitter;
    }

    public boolean isCacheNullValues() {
        return cacheNullValues;
    }

    public void setCacheNullValues(boolean cacheNullValues) {
        this.cacheNullValues = cacheNullValues;
    }

    public Map<String, Cache> getCaches() {
        return caches;
    }

    public int getLanes() {
        return lanes;
    }

    public void setLanes(int lanes) {
        this.lanes = lanes;
    }

    public int getMaxBatch() {
        return maxBatch;
    }

    public void setMaxBatch(int maxBatch) {
        this.maxBatch = maxBatch;
    }

    public Duration getTimeout() {
        return timeout;
    }

    public void setTimeout(Duration timeout) {
        this.timeout = timeout;
    }

    public Duration getLease() {
        return lease;
    }

    public void setLease(Duration lease) {
        this.lease = lease;
    }

    public Duration getStaleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    public void setStaleWhileRevalidate(Duration staleWhileRevalidate) {
        this.staleWhileRevalidate = staleWhileRevalidate;
    }

    public double getEarlyRefresh() {
        return earlyRefresh;
    }

    public void setEarlyRefresh(double earlyRefresh) {
        this.earlyRefresh = earlyRefresh;
    }

    public FailurePolicy getFailurePolicy() {
        return failurePolicy;
    }

    public void setFailurePolicy(FailurePolicy failurePolicy) {
        this.failurePolicy = failurePolicy;
    }

    public Duration getLogRetention() {
        return logRetention;
    }

    public void setLogRetention(Duration logRetention) {
        this.logRetention = logRetention;
    }

    public Transaction getTransaction() {
        return transaction;
    }

    public void setTransaction(Transaction transaction) {
        this.transaction = transaction;
    }

    public Cleanup getCleanup() {
        return cleanup;
    }

    public void setCleanup(Cleanup cleanup) {
        this.cleanup = cleanup;
    }

    public boolean isHashKeys() {
        return hashKeys;
    }

    public void setHashKeys(boolean hashKeys) {
        this.hashKeys = hashKeys;
    }

    public Metrics getMetrics() {
        return metrics;
    }

    public void setMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    public Observations getObservations() {
        return observations;
    }

    public void setObservations(Observations observations) {
        this.observations = observations;
    }

    public Sentry getSentry() {
        return sentry;
    }

    public void setSentry(Sentry sentry) {
        this.sentry = sentry;
    }

    public Endpoint getEndpoint() {
        return endpoint;
    }

    public void setEndpoint(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** The schema as {@link io.psycache.PostgresCache.Builder#schema} takes it: empty = the first of the search path. */
    String schemaOrDefault() {
        return schema == null ? "" : schema;
    }

    /** The options of all caches. */
    CacheOptions options() {
        return CacheOptions.none()
                .lease(lease)
                .staleWhileRevalidate(staleWhileRevalidate)
                .earlyRefresh(earlyRefresh)
                .serializable(transaction.serializable());
    }

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    /** Checks what no type can express, once the values are bound, so that a failure names property, value and origin. */
    @Override
    public void afterPropertiesSet() {
        if (environment != null) { // null where only values are bound
            RemovedProperties.check(environment);
        }
        if (schema != null && !schema.isEmpty()) {
            identifier("psycache.schema", schema);
        }
        identifier("psycache.table", table);
        withoutNul("psycache.key-prefix", keyPrefix);
        factor("psycache.ttl-jitter", ttlJitter, 1);
        positive("psycache.lanes", lanes);
        positive("psycache.max-batch", maxBatch);
        positive("psycache.timeout", timeout);
        notNegative("psycache.lease", lease);
        notNegative("psycache.stale-while-revalidate", staleWhileRevalidate);
        factor("psycache.early-refresh", earlyRefresh, 1_000);
        positive("psycache.log-retention", logRetention);
        positive("psycache.cleanup.interval", cleanup.interval());
        positive("psycache.cleanup.batch-size", cleanup.batchSize());
        caches.forEach((name, cache) -> cache.check("psycache.caches." + name + "."));
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
     * @param staleWhileRevalidate For how long after its expiry a value is returned at once and loaded again in the background,
     *     with sync = true, or 0.
     * @param earlyRefresh XFetch beta: by how many times the usual time of a load, about, a value is loaded in the background before
     *     its expiry, with sync = true, from 0 to 1000.
     * @param transaction What it does within transactions of the application.
     */
    public record Cache(
            @Nullable TimeToLive ttl,
            @Nullable Double ttlJitter,
            @Nullable Boolean cacheNullValues,
            @Nullable FailurePolicy failurePolicy,
            @Nullable String keyPrefix,
            @Nullable Duration lease,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Double earlyRefresh,
            @Nullable CacheTransaction transaction) {

        CacheOptions options() {
            return CacheOptions.none()
                    .lease(lease)
                    .staleWhileRevalidate(staleWhileRevalidate)
                    .earlyRefresh(earlyRefresh)
                    .serializable(transaction == null ? null : transaction.serializable());
        }

        private void check(String prefix) {
            factor(prefix + "ttl-jitter", ttlJitter, 1);
            withoutNul(prefix + "key-prefix", keyPrefix);
            notNegative(prefix + "lease", lease);
            notNegative(prefix + "stale-while-revalidate", staleWhileRevalidate);
            factor(prefix + "early-refresh", earlyRefresh, 1_000);
        }
    }

    /**
     * @param serializable Whether its gets take part in a SERIALIZABLE transaction.
     */
    public record CacheTransaction(@Nullable SerializableReads serializable) {}

    /**
     * @param adviceOrder Who orders the advice of methods that are both cached and transactional.
     * @param serializable Whether gets take part in a SERIALIZABLE transaction, which can then fail because of the cache.
     */
    public record Transaction(
            @DefaultValue("managed") AdviceOrder adviceOrder,
            @DefaultValue("bypass") SerializableReads serializable) {}

    /**
     * @param enabled Whether expired rows are deleted in the background.
     * @param interval Time from the end of a run to the start of the next; one node of all does the work.
     * @param batchSize How many pages of the table one transaction of the cleanup walks.
     */
    public record Cleanup(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("5m") Duration interval,
            @DefaultValue("1000") int batchSize) {}

    /**
     * @param enabled Whether there are meters of the cache, where there is a meter registry.
     */
    public record Metrics(@DefaultValue("true") boolean enabled) {}

    /**
     * @param enabled Whether operations of the cache are observations, where there is an observation registry.
     */
    public record Observations(@DefaultValue("true") boolean enabled) {}

    /**
     * @param enabled Whether operations of the cache are spans of Sentry, where its SDK is on the class path and does not trace
     *     caches itself (sentry.enable-cache-tracing).
     */
    public record Sentry(@DefaultValue("true") boolean enabled) {}

    /**
     * @param showKeys Whether the endpoint shows some keys of a cache, or their hashes where psycache.hash-keys is set. It never
     *     shows values.
     */
    public record Endpoint(@DefaultValue("false") boolean showKeys) {}
}
