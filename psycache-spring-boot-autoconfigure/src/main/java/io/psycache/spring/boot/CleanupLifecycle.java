package io.psycache.spring.boot;

import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

/**
 * The cleanup on a thread of its own, from the end of the application's start to the begin of its end. It does not start
 * where scheduling is on, as {@link ScheduledCleanup} runs there.
 */
final class CleanupLifecycle implements SmartLifecycle {
    private final PostgresCache cache;
    private final Duration interval;
    private final ListableBeanFactory beans;

    private volatile @Nullable CleanupService service;

    CleanupLifecycle(PostgresCache cache, Duration interval, ListableBeanFactory beans) {
        this.cache = cache;
        this.interval = interval;
        this.beans = beans;
    }

    @Override
    public void start() {
        if (!isSchedulingOn()) {
            service = cache.startCleanup(interval);
        }
    }

    /** Told by a type: the name of that bean differs between Spring Framework 6 and 7. */
    private boolean isSchedulingOn() {
        return beans.getBeanNamesForType(ScheduledAnnotationBeanPostProcessor.class, true, false).length > 0;
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
