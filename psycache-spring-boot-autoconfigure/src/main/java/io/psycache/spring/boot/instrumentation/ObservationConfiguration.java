package io.psycache.spring.boot.instrumentation;

import io.micrometer.observation.ObservationRegistry;
import io.psycache.instrumentation.micrometer.CacheObservationConvention;
import io.psycache.instrumentation.micrometer.ObservationInstrumentation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Observations, and so traces, where there is an {@link ObservationRegistry}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBooleanProperty(name = "psycache.observations.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(ObservationRegistry.class)
public final class ObservationConfiguration {

    @Bean
    @ConditionalOnMissingBean(ObservationInstrumentation.class)
    ObservationInstrumentation psycacheObservationInstrumentation(
            ObservationRegistry registry, ObjectProvider<CacheObservationConvention> convention) {
        return new ObservationInstrumentation(registry, convention.getIfAvailable());
    }
}
