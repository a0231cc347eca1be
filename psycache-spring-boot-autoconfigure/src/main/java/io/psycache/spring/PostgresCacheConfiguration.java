package io.psycache.spring;

import io.psycache.CacheOptions;
import io.psycache.internal.Arguments;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a cache. Immutable: each setter returns a copy.
 *
 * @param entryTtl how long entries live; null = they never expire
 * @param ttlJitter the greatest random share, 0 to 1, by which the life of an entry is shortened, so that entries that were put
 *     together do not expire together
 * @param keyPrefix what the stored keys begin with, before the name of the cache: it keeps applications on one table apart. A colon follows
 *     it in the keys if it ends with a letter or a digit, so that the cache {@code 1users} of {@code app} is not the cache {@code users} of
 *     {@code app1}
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

    /** @throws IllegalArgumentException if a setting breaks its rule; the message names it */
    public PostgresCacheConfiguration {
        Arguments.ttl(entryTtl, "entryTtl");
        if (!(ttlJitter >= 0 && ttlJitter <= 1)) {
            throw new IllegalArgumentException("ttlJitter must be from 0 to 1 but is " + ttlJitter);
        }
        Arguments.storable(Arguments.notNull(keyPrefix, "keyPrefix"), "keyPrefix");
        Arguments.notNull(failurePolicy, "failurePolicy");
        Arguments.notNull(keyConverters, "keyConverters");
        Arguments.notNull(options, "options");
        keyConverters = Map.copyOf(keyConverters);
    }

    /** The name of a cache as it is in the tables. */
    String stored(String name) {
        boolean isOpen =
                !keyPrefix.isEmpty() && Character.isLetterOrDigit(keyPrefix.codePointBefore(keyPrefix.length()));
        return keyPrefix + (isOpen ? ":" : "") + name;
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
        Arguments.notNull(type, "type");
        Arguments.notNull(converter, "converter");
        Map<Class<?>, Function<Object, String>> converters = new LinkedHashMap<>(keyConverters);
        converters.put(type, key -> converter.apply(type.cast(key)));
        return new PostgresCacheConfiguration(
                entryTtl, ttlJitter, keyPrefix, cacheNullValues, failurePolicy, converters, options);
    }

    /** Whether this configuration itself asks for what the cache can only do with a loader. */
    boolean needsLoaders() {
        Double early = options.earlyRefresh();
        return isSet(options.staleWhileRevalidate()) || isSet(options.staleIfError()) || early != null && early > 0;
    }

    private static boolean isSet(@Nullable Duration time) {
        return time != null && !time.isZero();
    }
}
