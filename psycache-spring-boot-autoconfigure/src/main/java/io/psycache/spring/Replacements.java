package io.psycache.spring;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import java.lang.reflect.Type;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts of what a method returned as the new truth, for {@code @CachePut}. The entry that was there has ended also where the new
 * value is not stored, for whatever reason; if it can't be ended, that is an error of the method's caller.
 */
final class Replacements {
    private final CacheRegion region;
    private final CacheValues values;
    private final EntryTtl ttl;
    private final CacheOutcomes outcomes;

    Replacements(CacheRegion region, CacheValues values, EntryTtl ttl, CacheOutcomes outcomes) {
        this.region = region;
        this.values = values;
        this.ttl = ttl;
        this.outcomes = outcomes;
    }

    void replace(String key, @Nullable Object value, @Nullable Type declared, Supplier<Beginning> beginning) {
        try {
            Object checked = values.checked(value);
            region.put(beginning.get(), key, checked, values.storeAs(key, declared, checked), ttl.next());
            outcomes.statistics().recordPut();
        } catch (RuntimeException e) { // none is hidden
            evictInstead(key, e);
            outcomes.notStored(e);
        }
    }

    private void evictInstead(String key, RuntimeException reason) {
        try {
            region.evict(key);
        } catch (RuntimeException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }
}
