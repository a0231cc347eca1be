package io.psycache.spring.boot;

import static java.util.Objects.requireNonNullElse;

import io.psycache.CacheOptions;
import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.CacheSettings.Partition;
import io.psycache.internal.Arguments;
import io.psycache.internal.store.CacheTables;
import io.psycache.spring.FailurePolicy;
import io.psycache.spring.PostgresCacheConfiguration;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Properties of psycache.
 *
 * <p>Defaults are in the constructor, and for the metadata in {@code additional-spring-configuration-metadata.json}. Annotations
 * with a default would make a start 26 ms longer, since for each parameter Boot reads those of all. Groups have few parameters.
 *
 * @param enabled Whether psycache configures anything.
 * @param schema Schema that holds the tables. By default the first one of the connection's search path.
 * @param table Name of the table of entries. The names of the other tables begin with it.
 * @param initializeSchema Whether missing tables are created when the application starts, after its own migrations.
 * @param keyPrefix Prefix of the keys of Spring caches. It keeps applications that share one table apart. A colon follows it in the
 *     keys if it ends with a letter or a digit.
 * @param defaultTtl How long entries live when nothing else is said, or 'never' for entries that never expire.
 * @param ttlJitter Share of its time to live, from 0 to 1, by which the life of an entry is shortened at random, so that entries
 *     that were put together do not expire together.
 * @param cacheNullValues Whether Spring caches store null.
 * @param caches Settings of single Spring caches, by name. A setting that is left out is that of all caches.
 * @param lanes How many statements of the cache are under way at once outside transactions. Requests that come meanwhile go
 *     with the next one.
 * @param maxBatch How many keys one statement takes together from several callers.
 * @param partition Which database the data source gives the threads of the application.
 * @param timeout How long a get, a put or a removal outside a transaction may take, loader apart, waiting for a connection
 *     included.
 * @param lease How long callers with sync = true, or of getOrLoad, wait for a load in another process. With 0 each process loads
 *     on its own.
 * @param staleWhileRevalidate For how long after its expiry a value is returned at once and loaded again in the background, with
 *     sync = true or by getOrLoad. 0 disables it.
 * @param staleIfError For how long after its expiry a value is returned if its loader fails, with sync = true or by getOrLoad and
 *     getAllOrLoad. 0 disables it.
 * @param earlyRefresh XFetch beta: by how many times the usual time of a load, about, a value is loaded in the background before
 *     its expiry, with sync = true or by getOrLoad, from 0 to 1000. 0 disables it.
 * @param failurePolicy Effect of a failing get or put on the application. A failing eviction is always an error.
 * @param logRetention How long the log of invalidations is kept at least. A value that took longer to load is not stored.
 * @param near Copies of entries in this process.
 * @param transaction Transactions of the application.
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
        Boolean enabled,
        String schema,
        String table,
        SchemaInitialization initializeSchema,
        String keyPrefix,
        TimeToLive defaultTtl,
        Double ttlJitter,
        Boolean cacheNullValues,
        Map<String, Cache> caches,
        Integer lanes,
        Integer maxBatch,
        Partition partition,
        Duration timeout,
        Duration lease,
        Duration staleWhileRevalidate,
        Duration staleIfError,
        Double earlyRefresh,
        FailurePolicy failurePolicy,
        Duration logRetention,
        Near near,
        Transaction transaction,
        Cleanup cleanup,
        Boolean hashKeys,
        Metrics metrics,
        Observations observations,
        Sentry sentry,
        Endpoint endpoint)
        implements InitializingBean {

    /** Boot passes null for what is not set. */
    public PsycacheProperties {
        enabled = requireNonNullElse(enabled, true);
        schema = requireNonNullElse(schema, "");
        table = requireNonNullElse(table, "psycache");
        initializeSchema = requireNonNullElse(initializeSchema, SchemaInitialization.ALWAYS);
        keyPrefix = requireNonNullElse(keyPrefix, "");
        defaultTtl = requireNonNullElse(defaultTtl, new TimeToLive(Duration.ofHours(1)));
        ttlJitter = requireNonNullElse(ttlJitter, 0.0);
        cacheNullValues = requireNonNullElse(cacheNullValues, true);
        caches = requireNonNullElse(caches, Map.of());
        lanes = requireNonNullElse(lanes, 2);
        maxBatch = requireNonNullElse(maxBatch, 100);
        partition = requireNonNullElse(partition, Partition.AUTO);
        timeout = requireNonNullElse(timeout, Duration.ofMillis(500));
        lease = requireNonNullElse(lease, Duration.ofSeconds(10));
        staleWhileRevalidate = requireNonNullElse(staleWhileRevalidate, Duration.ZERO);
        staleIfError = requireNonNullElse(staleIfError, Duration.ZERO);
        earlyRefresh = requireNonNullElse(earlyRefresh, 0.0);
        failurePolicy = requireNonNullElse(failurePolicy, FailurePolicy.MISS);
        logRetention = requireNonNullElse(logRetention, Duration.ofMinutes(5));
        near = requireNonNullElse(near, new Near(null, Duration.ZERO, NearCopy.AUTO));
        transaction = requireNonNullElse(transaction, new Transaction(AdviceOrder.MANAGED, SerializableReads.BYPASS));
        cleanup = requireNonNullElse(cleanup, new Cleanup(true, Duration.ofMinutes(5), 1_000));
        hashKeys = requireNonNullElse(hashKeys, false);
        metrics = requireNonNullElse(metrics, new Metrics(true));
        observations = requireNonNullElse(observations, new Observations(true));
        sentry = requireNonNullElse(sentry, new Sentry(true));
        endpoint = requireNonNullElse(endpoint, new Endpoint(false));
    }

    /** The settings of each cache that has none of its own. */
    Cache ofAllCaches() {
        return new Cache(
                defaultTtl,
                ttlJitter,
                cacheNullValues,
                failurePolicy,
                keyPrefix,
                lease,
                staleWhileRevalidate,
                staleIfError,
                earlyRefresh,
                new CacheNear(near.maxStaleness(), near.copy()),
                new CacheTransaction(transaction.serializable()));
    }

    /** Checks what no type can express, once the values are bound, so that a failure names property, value and origin. */
    @Override
    public void afterPropertiesSet() {
        check("psycache.table", table, name -> new CacheTables("", name));
        check("psycache.schema", schema, name -> new CacheTables(name, table));
        check("psycache.lanes", lanes, number -> Arguments.positive(number, "lanes"));
        check("psycache.max-batch", maxBatch, number -> Arguments.positive(number, "maxBatch"));
        check("psycache.timeout", timeout, time -> Arguments.positive(time, "timeout"));
        check("psycache.log-retention", logRetention, time -> Arguments.positive(time, "logRetention"));
        check("psycache.log-retention", logRetention, time -> Arguments.logRetention(time, timeout));
        check(
                "psycache.near.maximum-size",
                near.maximumSize(),
                size -> Arguments.zeroOrMore(size.toBytes(), "maximumSize"));
        check("psycache.cleanup.interval", cleanup.interval(), time -> Arguments.positive(time, "interval"));
        check("psycache.cleanup.batch-size", cleanup.batchSize(), size -> Arguments.positive(size, "batchSize"));
        ofAllCaches().validate("psycache.", logRetention);
        caches.forEach((name, cache) -> cache.validate("psycache.caches." + name + ".", logRetention));
    }

    /** @param use what the value is for, which refuses one that breaks its rule */
    private static <T> void check(String property, @Nullable T value, Consumer<T> use) {
        try {
            if (value != null) {
                use.accept(value);
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(property, value, e.getMessage());
        }
    }

    /**
     * Settings of one Spring cache.
     *
     * @param ttl How long its entries live, or 'never'.
     * @param ttlJitter Share of its time to live, from 0 to 1, by which the life of an entry is shortened at random.
     * @param cacheNullValues Whether it stores null.
     * @param failurePolicy Effect of a failing get or put on the application.
     * @param keyPrefix Prefix of its keys.
     * @param lease How long callers with sync = true wait for a load in another process, or 0.
     * @param staleWhileRevalidate For how long after its expiry a value is returned at once and loaded again in the background,
     *     with sync = true, or 0.
     * @param staleIfError For how long after its expiry a value is returned if its loader fails, with sync = true, or 0.
     * @param earlyRefresh XFetch beta: by how many times the usual time of a load, about, a value is loaded in the background before
     *     its expiry, with sync = true, from 0 to 1000.
     * @param near Copies of its entries in this process.
     * @param transaction Transactions of the application.
     */
    public record Cache(
            @Nullable TimeToLive ttl,
            @Nullable Double ttlJitter,
            @Nullable Boolean cacheNullValues,
            @Nullable FailurePolicy failurePolicy,
            @Nullable String keyPrefix,
            @Nullable Duration lease,
            @Nullable Duration staleWhileRevalidate,
            @Nullable Duration staleIfError,
            @Nullable Double earlyRefresh,
            @Nullable CacheNear near,
            @Nullable CacheTransaction transaction) {

        /** The settings here, and those of {@code others} for the rest, without the options. */
        PostgresCacheConfiguration over(PostgresCacheConfiguration others) {
            return others.entryTtl(ttl != null ? ttl.duration() : others.entryTtl())
                    .ttlJitter(requireNonNullElse(ttlJitter, others.ttlJitter()))
                    .keyPrefix(requireNonNullElse(keyPrefix, others.keyPrefix()))
                    .cacheNullValues(requireNonNullElse(cacheNullValues, others.cacheNullValues()))
                    .failurePolicy(requireNonNullElse(failurePolicy, others.failurePolicy()));
        }

        CacheOptions options() {
            return CacheOptions.none()
                    .lease(lease)
                    .staleWhileRevalidate(staleWhileRevalidate)
                    .staleIfError(staleIfError)
                    .earlyRefresh(earlyRefresh)
                    .maxStaleness(maxStaleness())
                    .nearCopy(near == null ? null : near.copy())
                    .serializable(transaction == null ? null : transaction.serializable());
        }

        private @Nullable Duration maxStaleness() {
            return near == null ? null : near.maxStaleness();
        }

        private void validate(String prefix, Duration logRetention) {
            PostgresCacheConfiguration settings = PostgresCacheConfiguration.defaults();
            check(prefix + "ttl-jitter", ttlJitter, settings::ttlJitter);
            check(prefix + "key-prefix", keyPrefix, settings::keyPrefix);
            CacheOptions options = CacheOptions.none();
            check(prefix + "lease", lease, options::lease);
            check(prefix + "stale-while-revalidate", staleWhileRevalidate, options::staleWhileRevalidate);
            check(prefix + "stale-if-error", staleIfError, options::staleIfError);
            check(prefix + "early-refresh", earlyRefresh, options::earlyRefresh);
            Duration maxStaleness = maxStaleness();
            check(prefix + "near.max-staleness", maxStaleness, options::maxStaleness);
            check(prefix + "near.max-staleness", maxStaleness, time -> Arguments.maxStaleness(time, logRetention));
        }
    }

    /**
     * @param maxStaleness How old a copy may be, at most, that a get returns without asking the database. With 0 it always asks.
     * @param copy Whether callers that get a value from a copy share one object.
     */
    public record CacheNear(
            @Nullable Duration maxStaleness, @Nullable NearCopy copy) {}

    /**
     * @param serializable Whether its gets take part in a SERIALIZABLE transaction.
     */
    public record CacheTransaction(@Nullable SerializableReads serializable) {}

    /**
     * @param maximumSize How much of the heap copies of entries may take in this process, about. By default a twentieth of the largest
     *     heap. 0 turns them off. With psycache.partition=thread there are none.
     * @param maxStaleness How old a copy may be, at most, that a get returns without asking the database. With 0 it always asks, and
     *     never returns a value that was invalidated before.
     * @param copy Whether callers that get a value from a copy share one object.
     */
    public record Near(
            @Nullable DataSize maximumSize,
            @DefaultValue("0s") Duration maxStaleness,
            @DefaultValue("auto") NearCopy copy) {}

    /**
     * @param adviceOrder Order of the advice of methods that are both cached and transactional.
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
