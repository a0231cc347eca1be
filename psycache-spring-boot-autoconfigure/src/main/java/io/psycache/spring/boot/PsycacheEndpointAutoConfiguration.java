package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the actuator endpoint {@code psycache}, where it is exposed. */
@AutoConfiguration(after = {PsycacheAutoConfiguration.class, PsycacheCacheManagerAutoConfiguration.class})
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(PsycacheEndpoint.class)
@ConditionalOnBooleanProperty(name = "psycache.enabled", matchIfMissing = true)
@ConditionalOnBean(PostgresCache.class)
@EnableConfigurationProperties(PsycacheProperties.class)
public final class PsycacheEndpointAutoConfiguration {

    @Bean
    static CacheManagers psycacheCacheManagers() {
        return new CacheManagers();
    }

    @Bean
    @ConditionalOnMissingBean
    PsycacheEndpoint psycacheEndpoint(PostgresCache cache, CacheManagers managers, PsycacheProperties properties) {
        return new PsycacheEndpoint(cache, managers, properties);
    }
}
