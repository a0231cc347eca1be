package io.psycache.spring.advice;

import io.psycache.spring.PostgresCacheManager;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.cache.config.CacheManagementConfigUtils;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.config.TransactionManagementConfigUtils;
import org.springframework.util.Assert;

/**
 * Orders the advice of methods that are both cached and {@code @Transactional}: puts and evictions run inside the transaction, so
 * that they commit with the data, and lookups outside it, so that a hit opens none. Spring's own default runs evictions after the
 * commit. Declare one as a bean, by a static method; it does nothing where no bean is declared as a {@link PostgresCacheManager}.
 *
 * <p>A method with a lookup and a put or an eviction runs inside the transaction as a whole. So does an eviction {@code
 * beforeInvocation}: a rollback undoes it.
 *
 * <p>An order that is set with {@code @EnableCaching} or {@code @EnableTransactionManagement} is left as it is; a warning says
 * what it comes to. So is caching or transactions by AspectJ.
 */
public final class CacheAdviceOrderConfigurer implements BeanFactoryPostProcessor, BeanPostProcessor, PriorityOrdered {
    private static final Log LOG = LogFactory.getLog(CacheAdviceOrderConfigurer.class);
    private static final String CACHE_ADVISOR = CacheManagementConfigUtils.CACHE_ADVISOR_BEAN_NAME;
    private static final String TRANSACTION_ADVISOR = TransactionManagementConfigUtils.TRANSACTION_ADVISOR_BEAN_NAME;
    private static final String WRITING_ADVISOR = "psycacheWritingCacheAdvisor";

    private static final String AFTER_COMMIT =
            "@CacheEvict and @CachePut on a @Transactional method run after the commit:"
                    + " others may get old values until then, and for good if the process ends between the two";
    private static final String INSIDE = "A @Cacheable hit on a @Transactional method opens a transaction";

    private @Nullable BeanFactory beans;

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }

    /** Adds the second advisor, after all others: of equal orders the one that was registered last is the innermost. */
    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
        if (factory.getBeanNamesForType(PostgresCacheManager.class, true, false).length == 0) {
            return;
        }
        if (factory.containsBean(CacheManagementConfigUtils.CACHE_ASPECT_BEAN_NAME)
                || factory.containsBean(TransactionManagementConfigUtils.TRANSACTION_ASPECT_BEAN_NAME)) {
            warn("Caching or transactions are woven by AspectJ", AFTER_COMMIT);
        } else if (factory.containsLocalBean(CACHE_ADVISOR)) {
            beans = factory;
            ((BeanDefinitionRegistry) factory)
                    .registerBeanDefinition(
                            WRITING_ADVISOR,
                            Infrastructure.bean(
                                    BeanFactoryCacheOperationSourceAdvisor.class,
                                    CacheAdviceOrderConfigurer::writingAdvisor));
        }
    }

    /** Of no method, until the order is known to be ours. */
    private static BeanFactoryCacheOperationSourceAdvisor writingAdvisor() {
        BeanFactoryCacheOperationSourceAdvisor advisor = new BeanFactoryCacheOperationSourceAdvisor();
        advisor.setOrder(LOWEST_PRECEDENCE);
        advisor.setCacheOperationSource((method, targetClass) -> null);
        return advisor;
    }

    /** Before any bean is proxied the advisors are made, and their orders known. */
    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (beans != null
                && beanName.equals(CACHE_ADVISOR)
                && bean instanceof BeanFactoryCacheOperationSourceAdvisor advisor
                && advisor.getAdvice() instanceof CacheInterceptor interceptor) {
            order(advisor, interceptor, beans);
        }
        return bean;
    }

    private static void order(
            BeanFactoryCacheOperationSourceAdvisor advisor, CacheInterceptor interceptor, BeanFactory beans) {
        int caching = advisor.getOrder();
        int transactions = beans.containsBean(TRANSACTION_ADVISOR)
                ? beans.getBean(TRANSACTION_ADVISOR, Ordered.class).getOrder()
                : LOWEST_PRECEDENCE;
        if (caching == LOWEST_PRECEDENCE && transactions == LOWEST_PRECEDENCE) {
            advisor.setOrder(LOWEST_PRECEDENCE - 1);
            divide(advisor, beans.getBean(WRITING_ADVISOR, BeanFactoryCacheOperationSourceAdvisor.class), interceptor);
        } else {
            warn(
                    "The application orders its advice itself (caching " + text(caching) + ", transactions "
                            + text(transactions) + ")",
                    caching > transactions ? INSIDE : AFTER_COMMIT);
        }
    }

    /** Both advisors have the application's interceptor: of each method one of them. */
    private static void divide(
            BeanFactoryCacheOperationSourceAdvisor lookups,
            BeanFactoryCacheOperationSourceAdvisor writes,
            CacheInterceptor interceptor) {
        CacheOperationSource source = interceptor.getCacheOperationSource();
        Assert.state(source != null, "The caching aspect has no source of operations");
        DividedOperations operations = new DividedOperations(source);
        lookups.setCacheOperationSource(operations.lookups());
        writes.setCacheOperationSource(operations.writes());
        writes.setAdvice(interceptor);
    }

    private static String text(int order) {
        return order == LOWEST_PRECEDENCE ? "by default" : Integer.toString(order);
    }

    private static void warn(String finding, String consequence) {
        LOG.warn(finding + ", so psycache leaves the order as it is. " + consequence
                + ". Leave both orders at their defaults to let psycache order the advice,"
                + " or set psycache.transaction.advice-order=spring to keep this without a warning.");
    }
}
