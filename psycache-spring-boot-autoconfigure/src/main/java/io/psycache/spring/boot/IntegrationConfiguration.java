package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.advice.CacheAdviceOrderConfigurer;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.spring.advice.InvalidateTagsConfigurer;
import io.psycache.spring.boot.actuate.HealthConfigurations;
import io.psycache.spring.boot.instrumentation.MetricsConfiguration;
import io.psycache.spring.boot.instrumentation.ObservationConfiguration;
import io.psycache.spring.boot.instrumentation.SentryConfiguration;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * What is made of the cache, be it ours or the application's own: first of all Spring's cache abstraction on it. As with Boot's
 * caches, {@code @EnableCaching} is the application's to write. No member of what imports it, as those come before imports.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(PostgresCache.class)
@Import({
    CleanupConfiguration.class,
    EndpointConfiguration.class,
    HealthConfigurations.Boot3.class,
    HealthConfigurations.Boot4.class,
    MetricsConfiguration.class,
    ObservationConfiguration.class,
    SentryConfiguration.class
})
final class IntegrationConfiguration {

    @Bean
    @Conditional(OnPsycacheCacheType.class)
    @ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
    PostgresCacheManager cacheManager(
            PostgresCache cache,
            PsycacheProperties properties,
            Environment environment,
            BeanFactory beans,
            ObjectProvider<PostgresCacheManagerBuilderCustomizer> customizers) {
        PostgresCacheManager.Builder builder = PostgresCacheManager.builder(cache);
        new DeclaredCaches(properties, environment).applyTo(builder);
        if (AutoConfigurationPackages.has(beans)) {
            builder.trustedPackages(AutoConfigurationPackages.get(beans));
        }
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    /** Also beside a manager of the application's own, which may be or contain a {@link PostgresCacheManager}. */
    @Bean
    @ConditionalOnMissingBean(DeclaredTypeCacheConfigurer.class)
    static DeclaredTypeCacheConfigurer psycacheDeclaredTypeCacheConfigurer() {
        return new DeclaredTypeCacheConfigurer();
    }

    /** Also where caching is not enabled: an application may use tags in code only. */
    @Bean
    @ConditionalOnMissingBean(InvalidateTagsConfigurer.class)
    static InvalidateTagsConfigurer psycacheInvalidateTagsConfigurer() {
        return new InvalidateTagsConfigurer();
    }

    @Bean
    @ConditionalOnMissingBean(CacheAdviceOrderConfigurer.class)
    @ConditionalOnProperty(name = "psycache.transaction.advice-order", havingValue = "managed", matchIfMissing = true)
    static CacheAdviceOrderConfigurer psycacheAdviceOrderConfigurer() {
        return new CacheAdviceOrderConfigurer();
    }
}
