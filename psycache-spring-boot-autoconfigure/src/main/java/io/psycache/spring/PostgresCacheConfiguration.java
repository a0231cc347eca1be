package io.psycache.spring;

import io.psycache.TransactionPolicy;
import io.psycache.WriteMode;
import io.psycache.codec.CacheCodec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/** Settings of a cache. Immutable: each setter returns a copy. */
public final class PostgresCacheConfiguration {
    private static final PostgresCacheConfiguration DEFAULTS = new PostgresCacheConfiguration(new Draft());

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
    private final @Nullable Duration staleWhileRevalidate;
    private final @Nullable Double earlyRefresh;
    private final Map<Class<?>, Function<Object, String>> keyConverters;

    private PostgresCacheConfiguration(Draft draft) {
        this.entryTtl = draft.entryTtl;
        this.ttlJitter = draft.ttlJitter;
        this.keyPrefix = draft.keyPrefix;
        this.cacheNullValues = draft.cacheNullValues;
        this.failurePolicy = draft.failurePolicy;
        this.codec = draft.codec;
        this.transactions = draft.transactions;
        this.lease = draft.lease;
        this.writeMode = draft.writeMode;
        this.staleWhileRevalidate = draft.staleWhileRevalidate;
        this.earlyRefresh = draft.earlyRefresh;
        this.keyConverters = draft.keyConverters;
    }

    private PostgresCacheConfiguration with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new PostgresCacheConfiguration(draft);
    }

    private static void require(boolean valid, String rule, @Nullable Object value) {
        if (!valid) {
            throw new IllegalArgumentException(rule + " but is " + value);
        }
    }

    /** Entries live 1 hour, nulls are cached, failures are misses, there is no key prefix and no jitter. */
    public static PostgresCacheConfiguration defaults() {
        return DEFAULTS;
    }

    /** How long entries live; null = they never expire. */
    public PostgresCacheConfiguration entryTtl(@Nullable Duration entryTtl) {
        require(
                entryTtl == null || !(entryTtl.isNegative() || entryTtl.isZero()),
                "entryTtl must be positive, or null for entries that never expire,",
                entryTtl);
        require(
                entryTtl == null || entryTtl.toDays() <= LONGEST_DAYS,
                "entryTtl must not be over 100,000 years, use null for never,",
                entryTtl);
        return with(draft -> draft.entryTtl = entryTtl);
    }

    /**
     * Shortens the life of each entry by a random share of up to {@code ttlJitter}, so that entries that were put together do
     * not end together.
     *
     * @param ttlJitter 0 (none) to 1
     */
    public PostgresCacheConfiguration ttlJitter(double ttlJitter) {
        require(ttlJitter >= 0 && ttlJitter <= 1, "ttlJitter must be from 0 to 1", ttlJitter);
        return with(draft -> draft.ttlJitter = ttlJitter);
    }

    /** What the stored keys begin with, before the name of the cache: it keeps applications on one table apart. */
    public PostgresCacheConfiguration keyPrefix(String keyPrefix) {
        Assert.notNull(keyPrefix, "keyPrefix must not be null");
        Assert.isTrue(keyPrefix.indexOf('\0') < 0, "keyPrefix must not contain NUL (U+0000)");
        return with(draft -> draft.keyPrefix = keyPrefix);
    }

    /** Whether null is a value that can be cached; otherwise putting it is an {@link IllegalArgumentException}. */
    public PostgresCacheConfiguration cacheNullValues(boolean cacheNullValues) {
        return with(draft -> draft.cacheNullValues = cacheNullValues);
    }

    public PostgresCacheConfiguration failurePolicy(FailurePolicy failurePolicy) {
        Assert.notNull(failurePolicy, "failurePolicy must not be null");
        return with(draft -> draft.failurePolicy = failurePolicy);
    }

    /** The codec of this cache; null = that of the {@link io.psycache.PostgresCache}. */
    public PostgresCacheConfiguration codec(@Nullable CacheCodec codec) {
        return with(draft -> draft.codec = codec);
    }

    /** What this cache does within transactions of the application; null = as the {@link io.psycache.PostgresCache}. */
    public PostgresCacheConfiguration transactions(@Nullable TransactionPolicy transactions) {
        return with(draft -> draft.transactions = transactions);
    }

    /**
     * How long other processes wait for a load with {@code sync = true}; zero = not at all, null = as the {@link
     * io.psycache.PostgresCache}.
     */
    public PostgresCacheConfiguration lease(@Nullable Duration lease) {
        require(lease == null || !lease.isNegative(), "lease must not be negative", lease);
        return with(draft -> draft.lease = lease);
    }

    /**
     * Whether callers wait for puts outside transactions; null = as the {@link io.psycache.PostgresCache}. With {@code sync = true},
     * and of {@code @CachePut}, they always do.
     */
    public PostgresCacheConfiguration writeMode(@Nullable WriteMode writeMode) {
        return with(draft -> draft.writeMode = writeMode);
    }

    /**
     * For how long after its time has ended a value is returned at once and loaded again in the background, with {@code sync = true};
     * zero = not at all, null = as the {@link io.psycache.PostgresCache} ({@link
     * io.psycache.PostgresCache.Builder#staleWhileRevalidate}).
     */
    public PostgresCacheConfiguration staleWhileRevalidate(@Nullable Duration staleWhileRevalidate) {
        require(
                staleWhileRevalidate == null || !staleWhileRevalidate.isNegative(),
                "staleWhileRevalidate must not be negative",
                staleWhileRevalidate);
        return with(draft -> draft.staleWhileRevalidate = staleWhileRevalidate);
    }

    /**
     * By how many times the usual time of a load, about, a value is loaded in the background before its end, with {@code sync = true};
     * 0 = not at all, null = as the {@link io.psycache.PostgresCache} ({@link io.psycache.PostgresCache.Builder#earlyRefresh}).
     *
     * @param earlyRefresh 0 to 1,000
     */
    public PostgresCacheConfiguration earlyRefresh(@Nullable Double earlyRefresh) {
        require(
                earlyRefresh == null || earlyRefresh >= 0 && earlyRefresh <= 1_000,
                "earlyRefresh must be from 0 to 1,000",
                earlyRefresh);
        return with(draft -> draft.earlyRefresh = earlyRefresh);
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
        return with(draft -> draft.keyConverters = Map.copyOf(converters));
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

    public @Nullable Duration getStaleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    public @Nullable Double getEarlyRefresh() {
        return earlyRefresh;
    }

    /** Whether this configuration itself asks for values to be loaded in the background. */
    boolean isRefreshing() {
        return staleWhileRevalidate != null && !staleWhileRevalidate.isZero()
                || earlyRefresh != null && earlyRefresh > 0;
    }

    Map<Class<?>, Function<Object, String>> keyConverters() {
        return keyConverters;
    }

    /** A configuration in the making. */
    private static final class Draft {
        private @Nullable Duration entryTtl = Duration.ofHours(1);
        private double ttlJitter;
        private String keyPrefix = "";
        private boolean cacheNullValues = true;
        private FailurePolicy failurePolicy = FailurePolicy.MISS;
        private @Nullable CacheCodec codec;
        private @Nullable TransactionPolicy transactions;
        private @Nullable Duration lease;
        private @Nullable WriteMode writeMode;
        private @Nullable Duration staleWhileRevalidate;
        private @Nullable Double earlyRefresh;
        private Map<Class<?>, Function<Object, String>> keyConverters = Map.of();

        private Draft() {}

        private Draft(PostgresCacheConfiguration of) {
            entryTtl = of.entryTtl;
            ttlJitter = of.ttlJitter;
            keyPrefix = of.keyPrefix;
            cacheNullValues = of.cacheNullValues;
            failurePolicy = of.failurePolicy;
            codec = of.codec;
            transactions = of.transactions;
            lease = of.lease;
            writeMode = of.writeMode;
            staleWhileRevalidate = of.staleWhileRevalidate;
            earlyRefresh = of.earlyRefresh;
            keyConverters = of.keyConverters;
        }
    }
}
