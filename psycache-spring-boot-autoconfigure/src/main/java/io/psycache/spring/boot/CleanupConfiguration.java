package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
        return new ScheduledCleanup(cache, properties.getCleanup().interval());
    }

    @Bean
    CleanupLifecycle psycacheCleanupLifecycle(
            PostgresCache cache, PsycacheProperties properties, ListableBeanFactory beans) {
        return new CleanupLifecycle(cache, properties.getCleanup().interval(), beans);
    }
}
