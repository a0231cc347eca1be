package io.psycache;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** One load again of what a caller has been served. Used by one thread at a time. */
final class Refresh {
    private final Load load;
    private final FoundEntry seen;
    private volatile boolean obsolete;

    Refresh(Load load, FoundEntry seen) {
        this.load = load.noting(() -> obsolete = true);
        this.seen = seen;
    }

    /**
     * Why an entry with this time to its end is to be loaded again: {@code stale} or {@code early}; null = it is not.
     *
     * @param remaining null = it never ends
     * @param usualNanos how long a load takes, in nanoseconds
     */
    static @Nullable String reason(Refreshing refreshing, @Nullable Duration remaining, long usualNanos) {
        if (remaining == null) {
            return null;
        }
        if (!Refreshing.isLive(remaining)) {
            return "stale";
        }
        double random = ThreadLocalRandom.current().nextDouble();
        return isEarly(remaining, usualNanos, refreshing.earlyRefresh(), 1 - random) ? "early" : null;
    }

    /**
     * Whether to load before the end: the closer it is, the more probably, so that of many callers about one does. Vattani, Chierichetti,
     * Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015, algorithm XFetch.
     *
     * @param beta 1 is the paper's choice, more is earlier
     * @param random from 0, exclusive, to 1
     */
    static boolean isEarly(Duration remaining, long usualNanos, double beta, double random) {
        return usualNanos * beta * -Math.log(random) / 1e9 >= remaining.toNanos() / 1e9;
    }

    Load load() {
        return load;
    }

    FoundEntry seen() {
        return seen;
    }

    Flight flight() {
        return Flight.of(load);
    }

    /** Whether what was loaded is no value to be stored, so that the old one is not the truth any more. */
    boolean isObsolete() {
        return obsolete;
    }

    /** What became of it, where nothing failed, in the words of {@link io.psycache.instrumentation.CacheInstrumentation#recordRefresh}. */
    String result(LeasedLoad leased) {
        if (!leased.isLoaded()) {
            return "skipped";
        }
        if (obsolete) {
            return "removed";
        }
        return leased.isCurrent() ? "stored" : "fenced";
    }
}
