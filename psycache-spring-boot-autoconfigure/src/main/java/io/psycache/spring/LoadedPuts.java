package io.psycache.spring;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Lookup;
import io.psycache.spring.keys.Invocation;
import java.lang.reflect.Type;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts of what was loaded. After a miss of the same {@link Invocation} the region is handed the miss, and refuses the value if
 * it was invalidated since. Where the get failed, nothing is known about that, and the put is skipped.
 */
final class LoadedPuts {
    private final RegionParts parts;

    LoadedPuts(RegionParts parts) {
        this.parts = parts;
    }

    void put(String key, @Nullable Object value, Invocation invocation) {
        Optional<Lookup> miss = invocation.missOf(key);
        Object checked = parts.values().checked(value);
        if (miss != null && miss.isEmpty()) {
            parts.outcomes().statistics().recordSkippedPut();
            return;
        }
        Type type = parts.storeAs(key, invocation.declaredType(), checked);
        if (type != null) {
            parts.outcomes().put(() -> put(parts.region(invocation), key, miss, checked, type));
        }
    }

    /** {@link #put} after {@code miss}, which returns at once; nobody waits for it. */
    void putAsync(String key, @Nullable Object checked, Invocation invocation, Lookup miss) {
        Type type = parts.storeAs(key, invocation.declaredType(), checked);
        if (type != null) {
            parts.outcomes()
                    .putAsync(() -> parts.region(invocation)
                            .putAsync(miss, checked, type, parts.ttl().next()));
        }
    }

    /** @param miss null = it was not looked up */
    private boolean put(
            CacheRegion region, String key, @Nullable Optional<Lookup> miss, @Nullable Object value, Type type) {
        if (miss != null) {
            return region.put(miss.get(), value, type, parts.ttl().next());
        }
        return region.put(key, value, type, parts.ttl().next());
    }

    /** Unlike a put it throws what fails, under either policy: its caller acts on the answer. */
    Lookup putIfAbsent(String key, @Nullable Object value, Invocation invocation) {
        Type declared = invocation.declaredType();
        Object checked = parts.values().checked(value);
        Type type = parts.values().storeAs(key, declared, checked);
        return parts.region(invocation)
                .putIfAbsent(
                        key, checked, type, parts.ttl().next(), parts.types().readAs(declared));
    }
}
