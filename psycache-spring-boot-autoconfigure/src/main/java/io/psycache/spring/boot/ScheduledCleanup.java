package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.scheduling.annotation.Scheduled;

/** The cleanup on the application's scheduler. */
class ScheduledCleanup {
    private final PostgresCache cache;

    ScheduledCleanup(PostgresCache cache) {
        this.cache = cache;
    }

    @Scheduled(
            initialDelay = 0,
            fixedDelayString = "${psycache.cleanup.interval:" + PsycacheProperties.Cleanup.DEFAULT_INTERVAL + "}")
    public void deleteExpired() {
        cache.cleanupExpired();
    }
}
