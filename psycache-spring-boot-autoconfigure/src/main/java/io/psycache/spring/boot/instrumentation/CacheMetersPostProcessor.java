package io.psycache.spring.boot.instrumentation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.psycache.instrumentation.LastContents;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.PostgresCacheMeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.Cache;
import org.springframework.util.StringUtils;

/**
 * Binds the {@code cache.*} meters of every cache, also of those made on demand, with the tags that Boot gives other caches: of
 * one name Prometheus takes only meters with the same tags. It sees managers before other libraries wrap them.
 */
final class CacheMetersPostProcessor implements BeanPostProcessor {
    private static final String SUFFIX = "cacheManager";

    private final ObjectProvider<MeterRegistry> registry;
    private final ObjectProvider<LastContents> contents;

    CacheMetersPostProcessor(ObjectProvider<MeterRegistry> registry, ObjectProvider<LastContents> contents) {
        this.registry = registry;
        this.contents = contents;
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof PostgresCacheManager manager) {
            manager.onCache(cache -> bind(manager, beanName, cache));
        }
        return bean;
    }

    private void bind(PostgresCacheManager manager, String beanName, Cache cache) {
        Tags tags = Tags.of("cache.manager", managerName(beanName), "name", cache.getName());
        new PostgresCacheMeterBinder(manager, cache, tags, contents.getObject()).bindTo(registry.getObject());
    }

    /** As Boot has it. */
    private static String managerName(String beanName) {
        boolean isLonger = beanName.length() > SUFFIX.length() && StringUtils.endsWithIgnoreCase(beanName, SUFFIX);
        return isLonger ? beanName.substring(0, beanName.length() - SUFFIX.length()) : beanName;
    }
}
