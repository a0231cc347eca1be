package io.psycache.spring.boot;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of the cache from the application's {@code DataSource}, and of all that is made of it: Spring's caches, before
 * Boot would choose others, the cleanup, meters, observations, spans, the endpoint and the health.
 *
 * <p>It is one, in whose parts conditions that all share are not evaluated again: each that asks for a bean looks through all
 * definitions there are. Classes that Spring Boot 4 moved are named as text, those of 3.5 and those of 4 side by side; Boot's other
 * configurations of a {@code DataSource} come before that which is named.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        },
        beforeName = {
            "org.springframework.boot.autoconfigure.cache.CacheAutoConfiguration",
            "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration"
        })
@ConditionalOnClass(name = {"org.postgresql.PGConnection", "org.springframework.jdbc.core.JdbcOperations"})
@ConditionalOnBooleanProperty(name = "psycache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PsycacheProperties.class)
@Import({StoreConfiguration.class, IntegrationConfiguration.class})
public final class PsycacheAutoConfiguration {

    /** Before any bean is made, so that a start that stops has changed nothing. */
    @Bean
    static BeanFactoryPostProcessor psycacheRemovedProperties(Environment environment) {
        return beans -> RemovedProperties.check(environment);
    }
}
