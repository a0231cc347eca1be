package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What is made of the cache, be it ours or the application's own. No member of what imports it, as those come before imports. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(PostgresCache.class)
@Import({
    SpringCacheConfiguration.class,
    CleanupConfiguration.class,
    EndpointConfiguration.class,
    HealthConfigurations.Boot3.class,
    HealthConfigurations.Boot4.class,
    MetricsConfiguration.class,
    ObservationConfiguration.class,
    SentryConfiguration.class
})
final class IntegrationConfiguration {}
