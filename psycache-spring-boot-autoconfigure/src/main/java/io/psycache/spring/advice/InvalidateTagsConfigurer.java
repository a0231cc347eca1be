package io.psycache.spring.advice;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;

/**
 * Applies {@link io.psycache.spring.InvalidateTags} to beans, on the one {@link io.psycache.PostgresCache} bean. Declare one as a
 * bean, by a static method.
 *
 * <p>It is no part of Spring's caching, which need not be enabled, and its advice is innermost whatever {@link
 * CacheAdviceOrderConfigurer} does: the invalidation is to be in the transaction.
 */
public final class InvalidateTagsConfigurer implements BeanFactoryPostProcessor {
    private static final String ADVISOR = "psycacheInvalidateTagsAdvisor";

    /** Adds the advisor after all others: of equal orders the one that was registered last is the innermost. */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        BeanDefinitionRegistry registry = (BeanDefinitionRegistry) factory;
        AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        if (!registry.containsBeanDefinition(ADVISOR)) { // by another configurer
            registry.registerBeanDefinition(
                    ADVISOR, Infrastructure.bean(InvalidateTagsAdvisor.class, InvalidateTagsAdvisor::new));
        }
    }
}
