package io.psycache.spring.keys;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.instrumentation.SkipReason;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of a cached method as one of its caches sees it: the declared type of the value, and what the lookups that
 * missed knew, for the put that follows on whatever thread. The key carries it through whatever decorates the cache.
 *
 * @param declaredType null = not known
 * @param tags of what is put, where the method declares some
 * @param beginning the moment before the method, of an operation that puts what the method returns as the new value, else null;
 *     throws what taking it threw
 * @param misses of the lookups so far, by key
 * @param skips why the value must not be put, by key, whatever the lookup says
 */
public record Invocation(
        @Nullable Type declaredType,
        @Nullable TagFunction tags,
        @Nullable Supplier<Beginning> beginning,
        Map<String, Lookup> misses,
        Map<String, SkipReason> skips) {

    public Invocation(
            @Nullable Type declaredType, @Nullable TagFunction tags, @Nullable Supplier<Beginning> beginning) {
        this(declaredType, tags, beginning, new ConcurrentHashMap<>(2), new ConcurrentHashMap<>(2));
    }

    /** The invocation that {@code key} carries; for a plain key one of its own, that ends with the call. */
    public static Invocation of(Object key) {
        return key instanceof Carrier carrier ? carrier.invocation : new Invocation(null, null, null);
    }

    public static boolean isCarriedBy(Object key) {
        return key instanceof Carrier;
    }

    public static Object keyOf(Object key) {
        return key instanceof Carrier carrier ? carrier.key : key;
    }

    /** A key that carries this invocation. To a decorator of a cache it looks like {@code key} itself. */
    public Object carriedBy(Object key) {
        return new Carrier(key, this);
    }

    /** {@code region} as this invocation puts into it: with the tags that its method declares. */
    public CacheRegion view(CacheRegion region) {
        return tags == null ? region : region.withTagsOf(tags);
    }

    /** Keeps the first miss of a key: the oldest is the one that no load has overtaken. */
    public void missed(Lookup miss) {
        misses.putIfAbsent(miss.key(), miss);
    }

    /** Nothing is known about the freshness of what will be loaded, so it must not be put. */
    public void forbidPut(String key, SkipReason reason) {
        skips.put(key, reason);
    }

    /** The miss of {@code key}; null = it was not looked up. */
    public @Nullable Lookup missOf(String key) {
        return misses.get(key);
    }

    /** Why the value of {@code key} must not be put; null = it may be. */
    public @Nullable SkipReason skipOf(String key) {
        SkipReason reason = skips.get(key);
        Lookup miss = misses.get(key);
        return reason != null || miss == null ? reason : miss.skipped();
    }

    private record Carrier(Object key, Invocation invocation) {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Carrier that && key.equals(that.key);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }

        @Override
        public String toString() {
            return key.toString();
        }
    }
}
