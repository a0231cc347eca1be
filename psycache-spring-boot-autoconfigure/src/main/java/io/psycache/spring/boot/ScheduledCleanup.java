package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import java.time.Duration;
import org.springframework.scheduling.annotation.Scheduled;

/** The cleanup on the application's scheduler; nobody calls it where scheduling is off. */
class ScheduledCleanup {
    /** That of the property. */
    private static final String DEFAULT_INTERVAL = "5m";

    private final PostgresCache cache;
    private final Duration interval;

    ScheduledCleanup(PostgresCache cache, Duration interval) {
        this.cache = cache;
        this.interval = interval;
    }

    @Scheduled(initialDelay = 0, fixedDelayString = "${psycache.cleanup.interval:" + DEFAULT_INTERVAL + "}")
    public void deleteExpired() {
        cache.cleanupExpired(interval);
    }
}
