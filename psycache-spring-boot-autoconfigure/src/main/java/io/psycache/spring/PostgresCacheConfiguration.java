package io.psycache.spring;

import io.psycache.CacheOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * Settings of a cache. Immutable: each setter returns a copy.
 *
 * @param entryTtl how long entries live; null = they never expire
 * @param ttlJitter the greatest random share, 0 to 1, by which the life of an entry is shortened, so that entries that were put
 *     together do not expire together
 * @param keyPrefix what the stored keys begin with, before the name of the cache: it keeps applications on one table apart
 * @param cacheNullValues whether null is a value that can be cached; otherwise putting it is an {@link IllegalArgumentException}
 * @param failurePolicy what a failing get or put does to the application
 * @param keyConverters texts of keys, by their exact class, as {@link #keyConverter} sets them
 * @param options what of the {@link io.psycache.PostgresCache} this cache has otherwise
 */
public record PostgresCacheConfiguration(
        @Nullable Duration entryTtl,
        double ttlJitter,
        String keyPrefix,
        boolean cacheNullValues,
        FailurePolicy failurePolicy,
        Map<Class<?>, Function<Object, String>> keyConverters,
        CacheOptions options) {
    private static final PostgresCacheConfiguration DEFAULTS = new PostgresCacheConfiguration(
            Duration.ofHours(1), 0, "", true, FailurePolicy.MISS, Map.of(), CacheOptions.none());
    private static final long LONGEST_DAYS = 365L * 100_000;

    /** @throws IllegalArgumentException if a setting breaks its rule; the message names it */
    public PostgresCacheConfiguration {
        require(
                entryTtl == null || !(entryTtl.isNegative() || entryTtl.isZero()),
                "entryTtl must be positive, or null for entries that never expire,",
                entryTtl);
        require(
                entryTtl == null || entryTtl.toDays() <= LONGEST_DAYS,
                "entryTtl must not be over 100,000 years, use null for never,",
                entryTtl);
        require(ttlJitter >= 0 && ttlJitter <= 1, "ttlJitter must be from 0 to 1", ttlJitter);
        Assert.notNull(keyPrefix, "keyPrefix must not be null");
        Assert.isTrue(keyPrefix.indexOf('\0') < 0, "keyPrefix must not contain NUL (U+0000)");
        Assert.notNull(failurePolicy, "failurePolicy must not be null");
        Assert.notNull(keyConverters, "keyConverters must not be null");
        Assert.notNull(options, "options must not be null");
        keyConverters = Map.copyOf(keyConverters);
    }

    private static void require(boolean valid, String rule, @Nullable Object value) {
        if (!valid) {
            throw new IllegalArgumentException(rule + " but is " + value);
        }
    }

    /** Entries live 1 hour, nulls are cached, failures are misses, there is no key prefix and no jitter; no option is set. */
    public static PostgresCacheConfiguration defaults() {
        return DEFAULTS;
    }

    public PostgresCacheConfiguration entryTtl(@Nullable Duration entryTtl) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    public PostgresCacheConfiguration ttlJitter(double ttlJitter) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    public PostgresCacheConfiguration keyPrefix(String keyPrefix) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    public PostgresCacheConfiguration cacheNullValues(boolean cacheNullValues) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    public PostgresCacheConfiguration failurePolicy(FailurePolicy failurePolicy) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    /** The options of this cache instead of earlier ones. */
    public PostgresCacheConfiguration options(CacheOptions options) {
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, keyConverters, options);
    }

    /**
     * Lets instances of {@code type} (of exactly this class) be keys.
     *
     * @param converter gives different texts for keys that are not equal
     */
    public <T> PostgresCacheConfiguration keyConverter(Class<T> type, Function<? super T, String> converter) {
        Assert.notNull(type, "type must not be null");
        Assert.notNull(converter, "converter must not be null");
        Map<Class<?>, Function<Object, String>> converters = new LinkedHashMap<>(keyConverters);
        converters.put(type, key -> converter.apply(type.cast(key)));
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, converters, options);
    }

    /** Whether this configuration itself asks for values to be loaded in the background. */
    boolean isRefreshing() {
        Duration stale = options.staleWhileRevalidate();
        Double early = options.earlyRefresh();
        return stale != null && !stale.isZero() || early != null && early > 0;
    }
}
