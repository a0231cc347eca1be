package io.psycache.spring.boot;

import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

/**
 * The cleanup: a scheduled method where scheduling is on, else a thread of its own. It never turns
 * scheduling on, which would wake jobs of the application that are meant to sleep.
 *
 * <p>No condition decides which: what turns scheduling on may be configured after this.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "psycache.cleanup.enabled", matchIfMissing = true)
final class CleanupConfiguration {

    @Bean
    ScheduledCleanup psycacheScheduledCleanup(PostgresCache cache, PsycacheProperties properties) {
        return new ScheduledCleanup(cache, properties.cleanup().interval());
    }

    @Bean
    CleanupLifecycle psycacheCleanupLifecycle(
            PostgresCache cache, PsycacheProperties properties, ListableBeanFactory beans) {
        return new CleanupLifecycle(cache, properties.cleanup().interval(), beans);
    }

    /** The cleanup on the application's scheduler; nobody calls it where scheduling is off. */
    static class ScheduledCleanup {
        private final PostgresCache cache;
        private final Duration interval;

        ScheduledCleanup(PostgresCache cache, Duration interval) {
            this.cache = cache;
            this.interval = interval;
        }

        @Scheduled(initialDelay = 0, fixedDelayString = "${psycache.cleanup.interval:5m}")
        public void deleteExpired() {
            cache.cleanupExpired(interval);
        }
    }

    /**
     * The cleanup on a thread of its own, from the end of the application's start to the begin of its end. It does not start
     * where scheduling is on, as {@link ScheduledCleanup} runs there.
     */
    static final class CleanupLifecycle implements SmartLifecycle {
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
}
