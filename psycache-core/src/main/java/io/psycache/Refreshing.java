package io.psycache;

import io.psycache.CacheRegion.RefreshListener;
import java.time.Duration;

/**
 * What is loaded again in the background while its old value is served.
 *
 * @param staleWhileRevalidate how long after its end by time an entry is served; zero = not
 * @param earlyRefresh by how many times the usual time of a load, about, an entry is loaded again before its end; zero = not
 */
record Refreshing(Duration staleWhileRevalidate, double earlyRefresh, RefreshListener listener) {

    boolean isOn() {
        return isEarly() || !staleWhileRevalidate.isZero();
    }

    boolean isEarly() {
        return earlyRefresh > 0;
    }

    /** Whether an entry with this time to its end is served. The row may be kept for the longer window of another application. */
    boolean serves(Duration remaining) {
        return remaining.negated().compareTo(staleWhileRevalidate) < 0 || isLive(remaining);
    }

    static boolean isLive(Duration remaining) {
        return remaining.compareTo(Duration.ZERO) > 0;
    }
}
