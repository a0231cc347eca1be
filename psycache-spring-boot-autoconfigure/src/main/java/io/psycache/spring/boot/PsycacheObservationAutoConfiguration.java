package io.psycache.spring.boot;

import io.micrometer.observation.ObservationRegistry;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.micrometer.CacheObservationConvention;
import io.psycache.instrumentation.micrometer.ObservationInstrumentation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of observations, and so of traces, where there is an {@link ObservationRegistry}. */
@AutoConfiguration(
        after = PsycacheAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBooleanProperty(
        name = {"psycache.enabled", "psycache.observations.enabled"},
        matchIfMissing = true)
@ConditionalOnBean(PostgresCache.class)
@ConditionalOnSingleCandidate(ObservationRegistry.class)
public final class PsycacheObservationAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ObservationInstrumentation psycacheObservationInstrumentation(
            ObservationRegistry registry, ObjectProvider<CacheObservationConvention> convention) {
        return new ObservationInstrumentation(registry, convention.getIfAvailable());
    }
}
