package io.psycache;

import io.psycache.codec.CacheCodec;
import io.psycache.internal.Arguments;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Options that the caches on one table may have differently. Immutable: each setter returns a copy. An option that is null is not
 * set: it is that of the {@link PostgresCache}, which in turn has the defaults named here.
 *
 * @param codec value to JSON and back; Jackson 3 where it is on the class path, else Jackson 2
 * @param lease how long callers of {@link PostgresCache#getOrLoad} in other processes wait for a load, 10 s; zero = not at all. A
 *     load holds the lease of its key until it ends; that of a process which is gone runs out. A load that takes longer goes on,
 *     while another process loads too. Callers wait twice this time at most, and hold no connection meanwhile. Threads look for
 *     the value every 5 to 200 ms
 * @param staleWhileRevalidate for how long after its expiry {@link PostgresCache#getOrLoad} returns an entry at once, and loads
 *     the new value in the background; zero, the default = not at all. Entries are kept for this time longer. One that was
 *     invalidated is never returned, and neither is a stale value in a transaction. A load that fails leaves the stale value until
 *     this time has passed; one that returns null, or what can't be stored, removes it. The loader is called on a thread of the
 *     {@linkplain PostgresCache.Builder#asyncExecutor executor}, with none of the caller's thread-bound state: no transaction, no
 *     security context, no request
 * @param staleIfError for how long after its expiry {@link PostgresCache#getOrLoad} and {@link PostgresCache#getAllOrLoad} return
 *     an entry instead of the exception of the loader; zero, the default = not at all. The entry is looked up after the loader has
 *     failed, and one that was invalidated by then is never returned. If the lookup fails, the failure of the loader propagates, and
 *     that of the lookup is suppressed in it. {@code getAllOrLoad} fails if a missing key has no entry. Entries are kept for the
 *     longer of this time and {@code staleWhileRevalidate}. In a transaction and within a loader the failure propagates, as do an
 *     {@link Error} and an {@link InterruptedException} always
 * @param earlyRefresh beta of XFetch: {@link PostgresCache#getOrLoad} loads in the background what expires soon, each caller with a
 *     probability that rises towards the expiry. 0, the default = not, 1 = about the time of a load before it, more = as many times
 *     earlier, up to 1,000. It uses the loader as {@code staleWhileRevalidate} does. How long a load takes is what this process has
 *     measured, per cache or, where there is none, per type; nothing is loaded early before its first load
 * @param maxStaleness how old a copy in this process may be, at most, that a get returns without asking the database; zero, the
 *     default = it asks, and never returns a value that was invalidated before the call. With 50 ms, a get may return what was
 *     invalidated up to 50 ms before, also while messages are lost or the database is away. What this process itself has invalidated it
 *     does not return. A get within a loader always asks
 * @param nearCopy whether callers share the objects of copies in this process; {@link NearCopy#AUTO}
 * @param serializable behaviour of gets in a SERIALIZABLE transaction; {@link SerializableReads#BYPASS}
 */
public record CacheOptions(
        @Nullable CacheCodec codec,
        @Nullable Duration lease,
        @Nullable Duration staleWhileRevalidate,
        @Nullable Duration staleIfError,
        @Nullable Double earlyRefresh,
        @Nullable Duration maxStaleness,
        @Nullable NearCopy nearCopy,
        @Nullable SerializableReads serializable) {
    /** The options that apply where none is set; the codec depends on the class path. */
    static final CacheOptions DEFAULTS = new CacheOptions(
            null,
            Duration.ofSeconds(10),
            Duration.ZERO,
            Duration.ZERO,
            0.0,
            Duration.ZERO,
            NearCopy.AUTO,
            SerializableReads.BYPASS);

    private static final CacheOptions NONE = new CacheOptions(null, null, null, null, null, null, null, null);

    /** Whether callers that get a value from a copy in this process have one object together. */
    public enum NearCopy {

        /**
         * Where the declared type is immutable all through: {@code String}, boxed and {@code java.time} types, {@code UUID} and the like,
         * enums, and records of nothing else. Of other types each caller has an object of its own.
         */
        AUTO,

        /** Each caller has an object of its own, decoded for it. */
        ALWAYS
    }

    /** Behaviour of gets in a SERIALIZABLE transaction. */
    public enum SerializableReads {

        /** They are misses without a statement, and what is loaded after them is not stored. */
        BYPASS,

        /**
         * They are statements of the transaction, as in others. Transactions that have no data in common can then fail with SQLSTATE
         * 40001 because of the cache.
         */
        JOIN
    }

    /**
     * @throws IllegalArgumentException if {@code lease}, {@code staleWhileRevalidate}, {@code staleIfError} or {@code maxStaleness} is
     *     negative or over 100 years, or {@code earlyRefresh} is not from 0 to 1,000
     */
    public CacheOptions {
        lease = Arguments.zeroOrMore(lease, "lease");
        staleWhileRevalidate = Arguments.zeroOrMore(staleWhileRevalidate, "staleWhileRevalidate");
        staleIfError = Arguments.zeroOrMore(staleIfError, "staleIfError");
        earlyRefresh = Arguments.earlyRefresh(earlyRefresh);
        maxStaleness = Arguments.zeroOrMore(maxStaleness, "maxStaleness");
    }

    /** Nothing is set. */
    public static CacheOptions none() {
        return NONE;
    }

    public CacheOptions codec(@Nullable CacheCodec codec) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions lease(@Nullable Duration lease) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions staleWhileRevalidate(@Nullable Duration staleWhileRevalidate) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions staleIfError(@Nullable Duration staleIfError) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions earlyRefresh(@Nullable Double earlyRefresh) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions maxStaleness(@Nullable Duration maxStaleness) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions nearCopy(@Nullable NearCopy nearCopy) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    public CacheOptions serializable(@Nullable SerializableReads serializable) {
        return new CacheOptions(
                codec, lease, staleWhileRevalidate, staleIfError, earlyRefresh, maxStaleness, nearCopy, serializable);
    }

    /** The options that {@code own} sets, and these for the rest. */
    public CacheOptions overriddenBy(CacheOptions own) {
        Arguments.notNull(own, "own");
        return new CacheOptions(
                own.codec != null ? own.codec : codec,
                own.lease != null ? own.lease : lease,
                own.staleWhileRevalidate != null ? own.staleWhileRevalidate : staleWhileRevalidate,
                own.staleIfError != null ? own.staleIfError : staleIfError,
                own.earlyRefresh != null ? own.earlyRefresh : earlyRefresh,
                own.maxStaleness != null ? own.maxStaleness : maxStaleness,
                own.nearCopy != null ? own.nearCopy : nearCopy,
                own.serializable != null ? own.serializable : serializable);
    }
}
