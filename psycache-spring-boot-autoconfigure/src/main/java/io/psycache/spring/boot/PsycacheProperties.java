package io.psycache.spring.boot;

import io.psycache.TransactionPolicy;
import io.psycache.WriteMode;
import io.psycache.spring.FailurePolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of psycache.
 *
 * <p>A bean with setters, as Boot's own: it is bound in 10 ms at a start. A record takes 41: for each of 25 parameters Boot reads the
 * annotations of all, and converts a text.
 */
@ConfigurationProperties("psycache")
public final class PsycacheProperties implements InitializingBean {
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
    private Map<String, Cache> caches = new LinkedHashMap<>();

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

    /** Whether callers wait for puts outside transactions. */
    private WriteMode writeMode = WriteMode.SYNC;

    /**
     * For how long after its time has ended a value is returned at once and loaded again in the background, with sync = true or
     * by getOrLoad. With 0 not at all.
     */
    private Duration staleWhileRevalidate = Duration.ofSeconds(0);

    /**
     * By how many times the usual time of a load, about, a value is loaded in the background before its end, with sync = true or
     * by getOrLoad, from 0 to 1000. With 0 not at all.
     */
    private double earlyRefresh;

    /** What a failing get or put does to the application. A failing eviction is always an error. */
    private FailurePolicy failurePolicy = FailurePolicy.MISS;

    /** How long the log of invalidations is kept at least. A value that took longer to load is not stored. */
    private Duration logRetention = Duration.ofMinutes(5);

    /** What the cache does about transactions of the application. */
    private final Transaction transaction = new Transaction();

    /** The cleanup in the background, which deletes expired rows. */
    private final Cleanup cleanup = new Cleanup();

    /**
     * Whether traces and other observers, messages of exceptions and logs have hashes instead of keys, which may be personal
     * data.
     */
    private boolean hashKeys;

    /** The meters of Micrometer. */
    private final Metrics metrics = new Metrics();

    /** The observations of Micrometer. */
    private final Observations observations = new Observations();

    /** The spans of Sentry. */
    private final Sentry sentry = new Sentry();

    /** The actuator endpoint. */
    private final Endpoint endpoint = new Endpoint();

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

    public void setCaches(Map<String, Cache> caches) {
        this.caches = caches;
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

    public WriteMode getWriteMode() {
        return writeMode;
    }

    public void setWriteMode(WriteMode writeMode) {
        this.writeMode = writeMode;
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

    public Cleanup getCleanup() {
        return cleanup;
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

    public Observations getObservations() {
        return observations;
    }

    public Sentry getSentry() {
        return sentry;
    }

    public Endpoint getEndpoint() {
        return endpoint;
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

    /** What the cache does about transactions of the application. */
    public static final class Transaction {
        /** Who orders the advice of methods that are both cached and transactional. */
        private AdviceOrder adviceOrder = AdviceOrder.MANAGED;

        /** Whether gets take part in a transaction. Otherwise they are misses there, and what is loaded is not stored. */
        private TransactionPolicy.Get get = TransactionPolicy.Get.JOIN;

        /** What becomes of puts in a transaction. An eviction is always part of it. */
        private TransactionPolicy.Put put = TransactionPolicy.Put.AFTER_COMMIT;

        /** Whether gets take part in a SERIALIZABLE transaction, which can then fail because of the cache. */
        private TransactionPolicy.Get serializable = TransactionPolicy.Get.BYPASS;

        public AdviceOrder getAdviceOrder() {
            return adviceOrder;
        }

        public void setAdviceOrder(AdviceOrder adviceOrder) {
            this.adviceOrder = adviceOrder;
        }

        public TransactionPolicy.Get getGet() {
            return get;
        }

        public void setGet(TransactionPolicy.Get get) {
            this.get = get;
        }

        public TransactionPolicy.Put getPut() {
            return put;
        }

        public void setPut(TransactionPolicy.Put put) {
            this.put = put;
        }

        public TransactionPolicy.Get getSerializable() {
            return serializable;
        }

        public void setSerializable(TransactionPolicy.Get serializable) {
            this.serializable = serializable;
        }

        TransactionPolicy policy() {
            return new TransactionPolicy(get, put, serializable);
        }
    }

    /** The cleanup in the background. */
    public static final class Cleanup {
        /** Whether expired rows are deleted in the background. */
        private boolean enabled = true;

        /** Time from the end of a run to the start of the next; one node of all does the work. */
        private Duration interval = Duration.ofMinutes(5);

        /** How many pages of the table one transaction of the cleanup walks. */
        private int batchSize = 1_000;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }

        public Duration getInterval() {
            return interval;
        }

        public void setInterval(Duration interval) {
            this.interval = interval;
        }

        public int getBatchSize() {
            return batchSize;
        }

        public void setBatchSize(int batchSize) {
            this.batchSize = batchSize;
        }
    }

    /** The meters of Micrometer. */
    public static final class Metrics {
        /** Whether there are meters of the cache, where there is a meter registry. */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** The observations of Micrometer. */
    public static final class Observations {
        /** Whether operations of the cache are observations, where there is an observation registry. */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** The spans of Sentry. */
    public static final class Sentry {
        /**
         * Whether operations of the cache are spans of Sentry, where its SDK is on the class path and does not trace caches
         * itself (sentry.enable-cache-tracing).
         */
        private boolean enabled = true;

        public boolean isEnabled() {
            return enabled;
        }

        public void setEnabled(boolean enabled) {
            this.enabled = enabled;
        }
    }

    /** The actuator endpoint 'psycache'. */
    public static final class Endpoint {
        /**
         * Whether the endpoint shows some keys of a cache, or their hashes where psycache.hash-keys is set. It never shows
         * values.
         */
        private boolean showKeys;

        public boolean isShowKeys() {
            return showKeys;
        }

        public void setShowKeys(boolean showKeys) {
            this.showKeys = showKeys;
        }
    }
}
