package io.psycache;

import io.psycache.store.LoadToken;
import org.jspecify.annotations.Nullable;

/**
 * What a get found.
 *
 * @param token of a miss: what a put of a value loaded after it must carry; null = it must not be put
 */
record FoundEntry(
        String key,
        boolean isHit,
        @Nullable Object value,
        @Nullable LoadToken token,
        @Nullable CacheValueException unreadable)
        implements CacheRegion.Lookup {

    static FoundEntry hit(String key, @Nullable Object value) {
        return new FoundEntry(key, true, value, null, null);
    }

    static FoundEntry miss(String key, @Nullable LoadToken token) {
        return new FoundEntry(key, false, null, token, null);
    }

    FoundEntry withToken(@Nullable LoadToken taken) {
        return new FoundEntry(key, isHit, value, taken, unreadable);
    }
}
