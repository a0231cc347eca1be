package io.psycache.spring.advice;

import java.lang.reflect.Method;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperationSource;

/** Advisor of the methods that put or evict, where the order of advice is managed. */
final class WritingCacheAdvisor extends DefaultPointcutAdvisor {

    WritingCacheAdvisor(WritingCacheInterceptor interceptor, CacheAdviceOrderConfigurer order) {
        super(new Writes(interceptor, order), interceptor);
    }

    private static final class Writes extends StaticMethodMatcherPointcut {
        private final CacheOperationSource source;
        private final CacheAdviceOrderConfigurer order;

        private Writes(WritingCacheInterceptor interceptor, CacheAdviceOrderConfigurer order) {
            this.source = DividedOperationSource.writes(interceptor.operations());
            this.order = order;
            setClassFilter(type -> !CacheManager.class.isAssignableFrom(type) && source.isCandidateClass(type));
        }

        @Override
        public boolean matches(Method method, Class<?> targetClass) {
            return order.isManaged() && source.hasCacheOperations(method, targetClass);
        }
    }
}
