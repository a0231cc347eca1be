package io.psycache.spring;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The time to live of the next entry.
 *
 * @param longest null = entries never expire
 * @param jitter the greatest share, 0 to 1, that is taken off
 */
record EntryTtl(@Nullable Duration longest, double jitter) {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    @Nullable Duration next() {
        if (longest == null || jitter == 0) {
            return longest;
        }
        double share = 1 - jitter * ThreadLocalRandom.current().nextDouble();
        Duration shortened = Duration.ofMillis((long) (longest.toMillis() * share));
        return shortened.compareTo(SHORTEST) < 0 ? SHORTEST : shortened;
    }
}
