package io.psycache.internal.entry;

import io.psycache.CacheRegion;
import io.psycache.CacheValueException;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.store.Token;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a get.
 *
 * @param token of a miss, and of an entry that may be loaded again: that of a load that begins now; else null
 * @param remaining of a hit that may be loaded again: the time it has left, below zero once it has expired; else null, and where it
 *     never expires
 */
public record Found(
        String key,
        boolean isHit,
        @Nullable Object value,
        @Nullable Token token,
        @Nullable CacheValueException unreadable,
        @Nullable Duration remaining)
        implements CacheRegion.Lookup {

    static Found hit(String key, @Nullable Object value) {
        return new Found(key, true, value, null, null, null);
    }

    public static Found miss(String key, Token token) {
        return new Found(key, false, null, token, null, null);
    }

    Found withToken(Token taken) {
        return new Found(key, isHit, value, taken, unreadable, remaining);
    }

    Found withRemaining(@Nullable Token taken, @Nullable Duration left) {
        return new Found(key, isHit, value, taken, unreadable, left);
    }

    /** Whether there is a valid entry, which what is loaded now would replace. */
    public boolean isThere() {
        return isHit || unreadable != null;
    }

    /** The token of a miss. */
    public Token loadToken() {
        return Objects.requireNonNull(token);
    }

    @Override
    public @Nullable SkipReason skipped() {
        return token instanceof Token.Skip skip ? skip.reason() : null;
    }

    /** Whether an entry with this time left has not expired; null = it never does. */
    public static boolean isLive(@Nullable Duration remaining) {
        return remaining == null || remaining.compareTo(Duration.ZERO) > 0;
    }

    /** Whether an entry with this time left is live, or has expired less than {@code window} ago; null = it never expires. */
    static boolean isWithin(Duration window, @Nullable Duration remaining) {
        return remaining == null || isLive(remaining.plus(window));
    }

    /** Whether this is what was seen earlier, and not stored anew since: time only goes by. */
    public boolean isStill(Found earlier) {
        return isHit && remaining != null && earlier.remaining != null && remaining.compareTo(earlier.remaining) <= 0;
    }
}
