package io.psycache.spring.advice;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheResolver;

/**
 * Tells the caches of {@link io.psycache.spring.PostgresCacheManager} the declared return type of the cached method and its {@link
 * io.psycache.spring.CacheTags}, and lets a put know what the lookup before it knew. Declare one as a bean; it does nothing where
 * there is no caching aspect.
 *
 * <p>Once all singletons are there it wraps the cache resolver of each {@link CacheAspectSupport} bean, whoever configured it,
 * and those that operations name themselves. Caches of other managers are passed through as they are.
 */
public final class DeclaredTypeCacheConfigurer implements BeanFactoryAware, SmartInitializingSingleton {
    private @Nullable BeanFactory beans;

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beans = beanFactory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (beans instanceof ListableBeanFactory listable) {
            listable.getBeansOfType(CacheAspectSupport.class).values().forEach(aspect -> wrap(aspect, listable));
        }
    }

    private static void wrap(CacheAspectSupport aspect, BeanFactory beans) {
        aspect.afterSingletonsInstantiated(); // it may come after this bean, and finds its resolver only there
        CacheResolver resolver = aspect.getCacheResolver();
        CacheOperationSource source = aspect.getCacheOperationSource();
        if (resolver == null || source == null || resolver instanceof DeclaredTypeCacheResolver) {
            return;
        }
        PlainOperationSource operations = new PlainOperationSource(source);
        aspect.setCacheOperationSource(operations);
        aspect.setCacheResolver(new DeclaredTypeCacheResolver(resolver, operations, beans));
    }
}
