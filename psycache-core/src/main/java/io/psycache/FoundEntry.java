package io.psycache;

import io.psycache.internal.store.LoadToken;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a get found.
 *
 * @param token of a miss, and of an entry that may be loaded again: what a put of a value loaded after it must carry; null = it
 *     must not be put
 * @param remaining of a hit that may be loaded again: the time to its end when it was read, below zero once that has passed; else
 *     null, and where it never expires
 */
record FoundEntry(
        String key,
        boolean isHit,
        @Nullable Object value,
        @Nullable LoadToken token,
        @Nullable CacheValueException unreadable,
        @Nullable Duration remaining)
        implements CacheRegion.Lookup {

    static FoundEntry hit(String key, @Nullable Object value) {
        return new FoundEntry(key, true, value, null, null, null);
    }

    static FoundEntry miss(String key, @Nullable LoadToken token) {
        return new FoundEntry(key, false, null, token, null, null);
    }

    FoundEntry withToken(@Nullable LoadToken taken) {
        return new FoundEntry(key, isHit, value, taken, unreadable, remaining);
    }

    FoundEntry withRemaining(@Nullable LoadToken taken, Duration left) {
        return new FoundEntry(key, isHit, value, taken, unreadable, left);
    }

    /** Whether this is what was seen earlier, and not stored anew since: time only goes by. */
    boolean isStill(FoundEntry earlier) {
        return isHit && remaining != null && earlier.remaining != null && remaining.compareTo(earlier.remaining) <= 0;
    }
}
