package io.psycache;

import io.psycache.instrumentation.SkipReason;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A named region of a {@link PostgresCache}, for adapters of other cache APIs: entries that can be cleared together, with
 * declared types, null values, and puts that carry what their lookup knew. Thread-safe; views are immutable and cheap.
 *
 * <p>Keys are those of the table: two regions that use the same key share the entry. The name of the region is a tag of each
 * entry it puts and the span name of its operations.
 */
public interface CacheRegion {

    String name();

    /** A view whose puts carry these tags too. */
    CacheRegion withTags(String... tags);

    /** A view whose puts carry these tags of what they put too, instead of those of an earlier function. */
    CacheRegion withTagsOf(TagFunction tags);

    /** A view with options of its own, which override those of this one. */
    CacheRegion withOptions(CacheOptions options);

    /**
     * Looks {@code key} up. A stored value that can't be read is a miss that says why ({@link Lookup#unreadable()}).
     *
     * @param readAs the type to read the value as, by the name of the type it was stored as (null = untyped JSON); a null
     *     result means that it must not be read
     */
    Lookup lookup(String key, Function<@Nullable String, @Nullable Type> readAs);

    /**
     * {@link #lookup} that returns at once; null in a transaction, be it of another data source: other threads can't see what it has
     * evicted, so its thread must load, and the value must not be stored.
     */
    @Nullable CompletableFuture<Lookup> lookupAsync(String key, Function<@Nullable String, @Nullable Type> readAs);

    /**
     * Stores the value that was loaded after {@code miss}, behind the caller, unless it was invalidated since or must not be stored for
     * another reason. In a transaction it is stored after the commit.
     *
     * @param type the declared type of {@code value}, by whose name it is stored
     * @return whether it will be stored unless something invalidates it first; false also where too many values wait to be stored
     * @throws CacheValueException if the value can't be stored
     */
    boolean put(Lookup miss, @Nullable Object value, Type type, @Nullable Duration ttl);

    /** Stores {@code value}, as {@link PostgresCache#put} does. @return whether it is stored, or will be */
    boolean put(String key, @Nullable Object value, Type type, @Nullable Duration ttl);

    /**
     * Marks the moment before a value is made that is to be put, of whatever key.
     */
    Beginning begin();

    /**
     * Stores {@code value}, which was made since {@code beginning}: invalidates the entry, and stores the value unless something else has
     * invalidated it since. A value that was begun and is put in a transaction is stored after its commit; one that was begun outside
     * and is put inside, or the other way, is not stored.
     *
     * @return whether it is stored, or will be
     * @throws CacheValueException if the value can't be stored; then nothing is invalidated
     */
    boolean put(Beginning beginning, String key, @Nullable Object value, Type type, @Nullable Duration ttl);

    /** Counts a loaded value that is not stored, whatever it is. */
    void skip(String key, SkipReason reason);

    /** Stores {@code value} unless there is a valid entry. @return the entry there was; a miss if it was stored */
    Lookup putIfAbsent(
            String key,
            @Nullable Object value,
            Type type,
            @Nullable Duration ttl,
            Function<@Nullable String, @Nullable Type> readAs);

    /**
     * The cached value, or what {@code loader} returns, which is stored behind the caller: one load per key at a time, as {@link
     * PostgresCache#getOrLoad} has it. A loaded value is returned also where it can't be stored.
     *
     * @param storeAs the declared type to store a loaded value as; null = it is not stored. It may throw {@link CacheValueException}, which
     *     is the {@link LoadOutcome#problem} then. Not asked where nothing that is loaded may be stored
     * @throws CacheLoadException if the loader fails; the failure is its direct cause
     * @throws org.springframework.dao.DataAccessException if the lookup fails; then nothing was loaded
     */
    LoadOutcome getOrLoad(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<?> loader);

    /**
     * {@link #getOrLoad} that returns at once; in a transaction it only loads. Cancelling the future leaves the load to others.
     *
     * @param loader called on a thread that it may block
     */
    CompletableFuture<LoadOutcome> getOrLoadAsync(
            String key,
            Function<@Nullable String, @Nullable Type> readAs,
            Function<@Nullable Object, @Nullable Type> storeAs,
            @Nullable Duration ttl,
            Callable<? extends CompletionStage<?>> loader);

    /**
     * Whether what this thread loads from now on is as fresh as a lookup that another thread makes for it: no {@link
     * ReadContexts context} that holds something is bound to it.
     */
    boolean isFresh();

    /** Whether lookups of this thread are sent; while the circuit breaker is open they are misses that were skipped. */
    boolean isAvailable();

    /** How {@code key} reads in messages: as it is, or its hash where {@link PostgresCache.Builder#hashKeys keys are hashed}. */
    String shown(String key);

    /** Invalidates the entry, and a load of it in flight; in a transaction others see it at commit. */
    void evict(String key);

    /** {@link #evict} that says whether a valid entry was visible. */
    boolean evictIfPresent(String key);

    /** Invalidates every entry of the region, and every load in flight; one insert, whatever the size. */
    void clear();

    /** {@link #clear} that says whether a valid entry was visible; also true where PostgreSQL does not answer that in time. */
    boolean invalidate();

    /** Function to compute tags of an entry from its key and its value. It may be asked more than once about one put. */
    interface TagFunction {

        /**
         * @return any number of tags
         * @throws CacheValueException if the tags can't be computed; the value is then not stored
         */
        Collection<String> tagsOf(String key, @Nullable Object value);
    }

    /** The moment before a value is made. */
    interface Beginning {

        /** Why the value is not stored, whatever it is; null where it may be. */
        @Nullable SkipReason skipped();
    }

    /** The result of a lookup. */
    interface Lookup {

        String key();

        boolean isHit();

        /** The value of a hit; null for JSON {@code null} and for a miss. */
        @Nullable Object value();

        /** Why a stored value could not be read, where that made the lookup a miss. */
        @Nullable CacheValueException unreadable();

        /** Why a value that is loaded for this miss is not stored; null where it may be. */
        @Nullable SkipReason skipped();
    }
}
