package io.psycache.spring.boot;

import io.psycache.PostgresCache;
import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.advice.CacheAdviceOrderConfigurer;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.spring.advice.InvalidateTagsConfigurer;
import io.psycache.spring.boot.actuate.HealthConfigurations;
import io.psycache.spring.boot.instrumentation.InstrumentationConfigurations;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * The beans around the cache, be it ours or the application's own: first of all Spring's cache abstraction on it. As with Boot's
 * caches, {@code @EnableCaching} is the application's to write. No member of what imports it, as those come before imports.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(PostgresCache.class)
@Import({
    CleanupConfiguration.class,
    EndpointConfiguration.class,
    HealthConfigurations.Boot3.class,
    HealthConfigurations.Boot4.class,
    InstrumentationConfigurations.Metrics.class,
    InstrumentationConfigurations.Observations.class,
    InstrumentationConfigurations.Spans.class
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
        declareCaches(builder, properties, environment);
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

    /**
     * The caches that configuration declares, in {@code psycache.caches.*} and {@code spring.cache.cache-names}, with their
     * settings. The latter, where it is set, is the whole list: no other caches are made on demand, as with Boot's own caches.
     */
    private static void declareCaches(
            PostgresCacheManager.Builder builder, PsycacheProperties properties, Environment environment) {
        List<String> names = Binder.get(environment)
                .bind("spring.cache.cache-names", Bindable.listOf(String.class))
                .orElse(List.of());
        PostgresCacheConfiguration defaults = properties.ofAllCaches().over(PostgresCacheConfiguration.defaults());
        builder.defaults(defaults).dynamic(names.isEmpty());
        names.forEach(name -> builder.cache(name, defaults));
        properties
                .caches()
                .forEach((name, own) -> builder.cache(name, own.over(defaults).options(own.options())));
    }

    /** Matches unless {@code spring.cache.type} names another cache; Boot's own list of types does not have ours. */
    static final class OnPsycacheCacheType extends SpringBootCondition {

        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            String type = context.getEnvironment().getProperty("spring.cache.type");
            ConditionMessage message = ConditionMessage.forCondition("psycache cache type")
                    .because("spring.cache.type is " + (StringUtils.hasText(type) ? type : "not set"));
            return new ConditionOutcome(isOurs(type), message);
        }

        private static boolean isOurs(@Nullable String type) {
            return !StringUtils.hasText(type) || "psycache".equalsIgnoreCase(type.strip());
        }
    }
}
