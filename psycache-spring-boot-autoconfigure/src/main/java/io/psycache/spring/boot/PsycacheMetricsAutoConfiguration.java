package io.psycache.spring.boot;

import io.micrometer.core.instrument.MeterRegistry;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.LastContents;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/** Auto-configuration of the meters, where there is a {@link MeterRegistry}. */
@AutoConfiguration(
        after = PsycacheAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(
        name = {"psycache.enabled", "psycache.metrics.enabled"},
        matchIfMissing = true)
@ConditionalOnBean(PostgresCache.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class PsycacheMetricsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    MicrometerInstrumentation psycacheMicrometerInstrumentation(MeterRegistry registry) {
        return new MicrometerInstrumentation(registry);
    }

    @Bean
    @ConditionalOnMissingBean
    LastContents psycacheLastContents() {
        return new LastContents();
    }

    @Bean
    static CacheMetersPostProcessor psycacheCacheMetersPostProcessor(
            ObjectProvider<MeterRegistry> registry, ObjectProvider<LastContents> contents) {
        return new CacheMetersPostProcessor(registry, contents);
    }
}
