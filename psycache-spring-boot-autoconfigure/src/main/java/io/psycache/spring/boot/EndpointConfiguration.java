package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import io.psycache.spring.boot.actuate.CacheManagers;
import io.psycache.spring.boot.actuate.PsycacheEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The actuator endpoint {@code psycache}, where it is exposed. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnAvailableEndpoint(PsycacheEndpoint.class)
final class EndpointConfiguration {

    @Bean
    static CacheManagers psycacheCacheManagers() {
        return new CacheManagers();
    }

    @Bean
    @ConditionalOnMissingBean(PsycacheEndpoint.class)
    PsycacheEndpoint psycacheEndpoint(PostgresCache cache, CacheManagers managers, PsycacheProperties properties) {
        PsycacheProperties.Cleanup cleanup = properties.cleanup();
        return new PsycacheEndpoint(
                cache, managers, properties.endpoint().showKeys(), cleanup.enabled(), cleanup.interval());
    }
}
