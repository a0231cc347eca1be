package io.psycache.spring.boot.instrumentation;

import io.micrometer.core.instrument.MeterRegistry;
import io.psycache.instrumentation.LastContents;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The meters, where there is a {@link MeterRegistry}. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "psycache.metrics.enabled", matchIfMissing = true)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class MetricsConfiguration {

    @Bean
    @ConditionalOnMissingBean(MicrometerInstrumentation.class)
    MicrometerInstrumentation psycacheMicrometerInstrumentation(MeterRegistry registry) {
        return new MicrometerInstrumentation(registry);
    }

    @Bean
    @ConditionalOnMissingBean(LastContents.class)
    LastContents psycacheLastContents() {
        return new LastContents();
    }

    @Bean
    static CacheMetersPostProcessor psycacheCacheMetersPostProcessor(
            ObjectProvider<MeterRegistry> registry, ObjectProvider<LastContents> contents) {
        return new CacheMetersPostProcessor(registry, contents);
    }
}
