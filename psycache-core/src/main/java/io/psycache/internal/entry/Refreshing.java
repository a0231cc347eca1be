package io.psycache.internal.entry;

import java.time.Duration;

/**
 * Which values are loaded again in the background while their old value is served.
 *
 * @param staleWhileRevalidate how long an entry is served after it has expired; zero = not
 * @param earlyRefresh XFetch beta; 0 disables it
 */
public record Refreshing(Duration staleWhileRevalidate, double earlyRefresh) {

    public boolean isOn() {
        return isEarly() || !staleWhileRevalidate.isZero();
    }

    public boolean isEarly() {
        return earlyRefresh > 0;
    }

    /** Whether an entry with this time left is served. The row may be kept for the longer window of another application. */
    boolean serves(Duration remaining) {
        return remaining.negated().compareTo(staleWhileRevalidate) < 0 || isLive(remaining);
    }

    public static boolean isLive(Duration remaining) {
        return remaining.compareTo(Duration.ZERO) > 0;
    }
}
