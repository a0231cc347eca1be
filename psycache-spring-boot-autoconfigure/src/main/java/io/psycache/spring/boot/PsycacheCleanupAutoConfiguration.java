package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

/**
 * Auto-configuration of the cleanup: a scheduled method where scheduling is on, else a thread of its own. It never turns
 * scheduling on, which would wake jobs of the application that are meant to sleep.
 *
 * <p>That scheduling is on is told by a type: the name of that bean differs between Spring Framework 6 and 7.
 */
@AutoConfiguration(after = PsycacheAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBooleanProperty(
        name = {"psycache.enabled", "psycache.cleanup.enabled"},
        matchIfMissing = true)
@ConditionalOnBean(PostgresCache.class)
@EnableConfigurationProperties(PsycacheProperties.class)
public final class PsycacheCleanupAutoConfiguration {

    @Bean
    @ConditionalOnBean(ScheduledAnnotationBeanPostProcessor.class)
    ScheduledCleanup psycacheScheduledCleanup(PostgresCache cache, PsycacheProperties properties) {
        return new ScheduledCleanup(cache, properties.cleanup().interval());
    }

    @Bean
    @ConditionalOnMissingBean(ScheduledAnnotationBeanPostProcessor.class)
    CleanupLifecycle psycacheCleanupLifecycle(PostgresCache cache, PsycacheProperties properties) {
        return new CleanupLifecycle(cache, properties.cleanup().interval());
    }
}
