package io.psycache.spring.boot.instrumentation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.instrumentation.micrometer.CacheObservationConvention;
import io.psycache.instrumentation.micrometer.MicrometerInstrumentation;
import io.psycache.instrumentation.micrometer.ObservationInstrumentation;
import io.psycache.instrumentation.sentry.SentryInstrumentation;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.PostgresCacheMeterBinder;
import io.sentry.Sentry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.cache.Cache;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** The observers of the cache, each where its library is. */
public final class InstrumentationConfigurations {

    private InstrumentationConfigurations() {}

    /** The meters, where there is a {@link MeterRegistry}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBooleanProperty(name = "psycache.metrics.enabled", matchIfMissing = true)
    @ConditionalOnSingleCandidate(MeterRegistry.class)
    public static class Metrics {

        @Bean
        @ConditionalOnMissingBean(MicrometerInstrumentation.class)
        MicrometerInstrumentation psycacheMicrometerInstrumentation(MeterRegistry registry) {
            return new MicrometerInstrumentation(registry);
        }

        @Bean
        static CacheMetersPostProcessor psycacheCacheMetersPostProcessor(
                ObjectProvider<MeterRegistry> registry, ObjectProvider<MicrometerInstrumentation> instrumentation) {
            return new CacheMetersPostProcessor(registry, instrumentation);
        }
    }

    /** Observations, and so traces, where there is an {@link ObservationRegistry}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBooleanProperty(name = "psycache.observations.enabled", matchIfMissing = true)
    @ConditionalOnSingleCandidate(ObservationRegistry.class)
    public static class Observations {

        @Bean
        @ConditionalOnMissingBean(ObservationInstrumentation.class)
        ObservationInstrumentation psycacheObservationInstrumentation(
                ObservationRegistry registry, ObjectProvider<CacheObservationConvention> convention) {
            return new ObservationInstrumentation(registry, convention.getIfAvailable());
        }
    }

    /**
     * Spans for Sentry, where its SDK is on the class path, however that is set up.
     *
     * <p>Not where Sentry traces Spring caches itself: every operation would have two spans.
     */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Sentry.class)
    @ConditionalOnBooleanProperty(name = "psycache.sentry.enabled", matchIfMissing = true)
    @ConditionalOnBooleanProperty(name = "sentry.enable-cache-tracing", havingValue = false, matchIfMissing = true)
    public static class Spans {

        @Bean
        @ConditionalOnMissingBean(SentryInstrumentation.class)
        SentryInstrumentation psycacheSentryInstrumentation() {
            return new SentryInstrumentation();
        }
    }

    /**
     * Binds the {@code cache.*} meters of every cache, also of those made on demand, with the tags that Boot gives other caches: of
     * one name Prometheus takes only meters with the same tags. It sees managers before other libraries wrap them.
     */
    record CacheMetersPostProcessor(
            ObjectProvider<MeterRegistry> registry, ObjectProvider<MicrometerInstrumentation> instrumentation)
            implements BeanPostProcessor {
        private static final String SUFFIX = "cacheManager";

        @Override
        public Object postProcessBeforeInitialization(Object bean, String beanName) {
            if (bean instanceof PostgresCacheManager manager) {
                manager.onCache(cache -> bind(manager, beanName, cache));
            }
            return bean;
        }

        private void bind(PostgresCacheManager manager, String beanName, Cache cache) {
            Tags tags = Tags.of("cache.manager", managerName(beanName), "name", cache.getName());
            new PostgresCacheMeterBinder(manager, cache, tags, instrumentation.getObject())
                    .bindTo(registry.getObject());
        }

        /** As Boot has it. */
        private static String managerName(String beanName) {
            boolean isLonger = beanName.length() > SUFFIX.length() && StringUtils.endsWithIgnoreCase(beanName, SUFFIX);
            return isLonger ? beanName.substring(0, beanName.length() - SUFFIX.length()) : beanName;
        }
    }
}
