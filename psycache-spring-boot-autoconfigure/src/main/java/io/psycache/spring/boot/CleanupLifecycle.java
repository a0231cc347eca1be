package io.psycache.spring.boot;

import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/** The cleanup on a thread of its own, from the end of the application's start to the begin of its end. */
final class CleanupLifecycle implements SmartLifecycle {
    private final PostgresCache cache;
    private final Duration interval;

    private volatile @Nullable CleanupService service;

    CleanupLifecycle(PostgresCache cache, Duration interval) {
        this.cache = cache;
        this.interval = interval;
    }

    @Override
    public void start() {
        service = cache.startCleanup(interval);
    }

    @Override
    public void stop() {
        CleanupService running = service;
        if (running != null) {
            running.stop();
        }
    }

    @Override
    public boolean isRunning() {
        CleanupService running = service;
        return running != null && running.isRunning();
    }
}
