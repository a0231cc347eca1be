package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

/**
 * The cleanup: a scheduled method where scheduling is on, else a thread of its own. It never turns
 * scheduling on, which would wake jobs of the application that are meant to sleep.
 *
 * <p>That scheduling is on is told by a type: the name of that bean differs between Spring Framework 6 and 7.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = "psycache.cleanup.enabled", matchIfMissing = true)
final class CleanupConfiguration {

    @Bean
    @ConditionalOnBean(ScheduledAnnotationBeanPostProcessor.class)
    ScheduledCleanup psycacheScheduledCleanup(PostgresCache cache, PsycacheProperties properties) {
        return new ScheduledCleanup(cache, properties.getCleanup().getInterval());
    }

    @Bean
    @ConditionalOnMissingBean(ScheduledAnnotationBeanPostProcessor.class)
    CleanupLifecycle psycacheCleanupLifecycle(PostgresCache cache, PsycacheProperties properties) {
        return new CleanupLifecycle(cache, properties.getCleanup().getInterval());
    }
}
