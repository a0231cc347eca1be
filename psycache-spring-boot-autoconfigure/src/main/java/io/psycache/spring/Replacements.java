package io.psycache.spring;

import io.psycache.CacheRegion.Beginning;
import io.psycache.spring.keys.Invocation;
import java.lang.reflect.Type;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Puts of what a method returned as the new truth, for {@code @CachePut}. The entry that was there has ended also where the new
 * value is not stored, for whatever reason; if it can't be ended, that is an error of the method's caller.
 */
final class Replacements {
    private final RegionParts parts;

    Replacements(RegionParts parts) {
        this.parts = parts;
    }

    void replace(String key, @Nullable Object value, Invocation invocation, Supplier<Beginning> beginning) {
        try {
            Object checked = parts.values().checked(value);
            Type type = parts.values().storeAs(key, invocation.declaredType(), checked);
            parts.outcomes()
                    .stored(parts.region(invocation)
                            .put(
                                    beginning.get(),
                                    key,
                                    checked,
                                    type,
                                    parts.ttl().next()));
        } catch (RuntimeException e) { // none is hidden
            evictInstead(key, e);
            parts.outcomes().notStored(e);
        }
    }

    private void evictInstead(String key, RuntimeException reason) {
        try {
            parts.region().evict(key);
        } catch (RuntimeException e) {
            e.addSuppressed(reason);
            throw e;
        }
    }
}
