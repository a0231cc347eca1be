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
import org.springframework.scheduling.config.TaskManagementConfigUtils;

/**
 * Auto-configuration of the cleanup: a scheduled method where scheduling is on, else a thread of its own. It never turns
 * scheduling on, which would wake jobs of the application that are meant to sleep.
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
    @ConditionalOnBean(name = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME)
    ScheduledCleanup psycacheScheduledCleanup(PostgresCache cache) {
        return new ScheduledCleanup(cache);
    }

    @Bean
    @ConditionalOnMissingBean(name = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME)
    CleanupLifecycle psycacheCleanupLifecycle(PostgresCache cache, PsycacheProperties properties) {
        return new CleanupLifecycle(cache, properties.cleanup().interval());
    }
}
