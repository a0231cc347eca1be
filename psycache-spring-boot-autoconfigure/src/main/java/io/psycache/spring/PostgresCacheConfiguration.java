package io.psycache.spring;

import io.psycache.TransactionPolicy;
import io.psycache.WriteMode;
import io.psycache.codec.CacheCodec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/** Settings of a cache. Immutable: each setter returns a copy. */
public final class PostgresCacheConfiguration {
    private static final PostgresCacheConfiguration DEFAULTS = new PostgresCacheConfiguration(
            Duration.ofHours(1), 0, "", true, FailurePolicy.MISS, null, null, null, null, Map.of());

    private static final long LONGEST_DAYS = 365L * 100_000;

    private final @Nullable Duration entryTtl;
    private final double ttlJitter;
    private final String keyPrefix;
    private final boolean cacheNullValues;
    private final FailurePolicy failurePolicy;
    private final @Nullable CacheCodec codec;
    private final @Nullable TransactionPolicy transactions;
    private final @Nullable Duration lease;
    private final @Nullable WriteMode writeMode;
    private final Map<Class<?>, Function<Object, String>> keyConverters;

    private PostgresCacheConfiguration(
            @Nullable Duration entryTtl,
            double ttlJitter,
            String keyPrefix,
            boolean cacheNullValues,
            FailurePolicy failurePolicy,
            @Nullable CacheCodec codec,
            @Nullable TransactionPolicy transactions,
            @Nullable Duration lease,
            @Nullable WriteMode writeMode,
            Map<Class<?>, Function<Object, String>> keyConverters) {
        this.entryTtl = entryTtl;
        this.ttlJitter = ttlJitter;
        this.keyPrefix = keyPrefix;
        this.cacheNullValues = cacheNullValues;
        this.failurePolicy = failurePolicy;
        this.codec = codec;
        this.transactions = transactions;
        this.lease = lease;
        this.writeMode = writeMode;
        this.keyConverters = keyConverters;
    }

    /** Entries live 1 hour, nulls are cached, failures are misses, there is no key prefix and no jitter. */
    public static PostgresCacheConfiguration defaults() {
        return DEFAULTS;
    }

    /** How long entries live; null = they never expire. */
    public PostgresCacheConfiguration entryTtl(@Nullable Duration entryTtl) {
        Assert.isTrue(
                entryTtl == null || !(entryTtl.isNegative() || entryTtl.isZero()),
                () -> "entryTtl must be positive, or null for entries that never expire, but is " + entryTtl);
        Assert.isTrue(
                entryTtl == null || entryTtl.toDays() <= LONGEST_DAYS,
                () -> "entryTtl must not be over 100,000 years but is " + entryTtl + "; use null for never");
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /**
     * Shortens the life of each entry by a random share of up to {@code ttlJitter}, so that entries that were put together do
     * not end together.
     *
     * @param ttlJitter 0 (none) to 1
     */
    public PostgresCacheConfiguration ttlJitter(double ttlJitter) {
        Assert.isTrue(ttlJitter >= 0 && ttlJitter <= 1, () -> "ttlJitter must be from 0 to 1 but is " + ttlJitter);
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /** What the stored keys begin with, before the name of the cache: it keeps applications on one table apart. */
    public PostgresCacheConfiguration keyPrefix(String keyPrefix) {
        Assert.notNull(keyPrefix, "keyPrefix must not be null");
        Assert.isTrue(keyPrefix.indexOf('\0') < 0, "keyPrefix must not contain NUL (U+0000)");
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /** Whether null is a value that can be cached; otherwise putting it is an {@link IllegalArgumentException}. */
    public PostgresCacheConfiguration cacheNullValues(boolean cacheNullValues) {
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    public PostgresCacheConfiguration failurePolicy(FailurePolicy failurePolicy) {
        Assert.notNull(failurePolicy, "failurePolicy must not be null");
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /** The codec of this cache; null = that of the {@link io.psycache.PostgresCache}. */
    public PostgresCacheConfiguration codec(@Nullable CacheCodec codec) {
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /** What this cache does within transactions of the application; null = as the {@link io.psycache.PostgresCache}. */
    public PostgresCacheConfiguration transactions(@Nullable TransactionPolicy transactions) {
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /**
     * How long other processes wait for a load with {@code sync = true}; zero = not at all, null = as the {@link
     * io.psycache.PostgresCache}.
     */
    public PostgresCacheConfiguration lease(@Nullable Duration lease) {
        Assert.isTrue(lease == null || !lease.isNegative(), () -> "lease must not be negative but is " + lease);
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
    }

    /**
     * Whether callers wait for puts outside transactions; null = as the {@link io.psycache.PostgresCache}. With {@code sync = true},
     * and of {@code @CachePut}, they always do.
     */
    public PostgresCacheConfiguration writeMode(@Nullable WriteMode writeMode) {
        return new PostgresCacheConfiguration(
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                keyConverters);
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
                entryTtl,
                ttlJitter,
                keyPrefix,
                cacheNullValues,
                failurePolicy,
                codec,
                transactions,
                lease,
                writeMode,
                Map.copyOf(converters));
    }

    public @Nullable Duration getEntryTtl() {
        return entryTtl;
    }

    public double getTtlJitter() {
        return ttlJitter;
    }

    public String getKeyPrefix() {
        return keyPrefix;
    }

    public boolean isCacheNullValues() {
        return cacheNullValues;
    }

    public FailurePolicy getFailurePolicy() {
        return failurePolicy;
    }

    public @Nullable CacheCodec getCodec() {
        return codec;
    }

    public @Nullable TransactionPolicy getTransactions() {
        return transactions;
    }

    public @Nullable Duration getLease() {
        return lease;
    }

    public @Nullable WriteMode getWriteMode() {
        return writeMode;
    }

    Map<Class<?>, Function<Object, String>> keyConverters() {
        return keyConverters;
    }
}
