package io.psycache.spring.advice;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.util.StringUtils;

/** Resolver that knows the resolver or manager which an operation names itself, as {@link PlainOperationSource} hands it on. */
final class OperationCacheResolver implements CacheResolver {
    private final CacheResolver defaultResolver;
    private final PlainOperationSource operations;
    private final BeanFactory beans;
    private final Map<CacheOperation, CacheResolver> resolvers = new ConcurrentHashMap<>();

    OperationCacheResolver(CacheResolver defaultResolver, PlainOperationSource operations, BeanFactory beans) {
        this.defaultResolver = defaultResolver;
        this.operations = operations;
        this.beans = beans;
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        CacheOperation original =
                context.getOperation() instanceof CacheOperation operation ? operations.originalOf(operation) : null;
        return original == null
                ? defaultResolver.resolveCaches(context)
                : resolvers.computeIfAbsent(original, this::resolverOf).resolveCaches(new Context(context, original));
    }

    private CacheResolver resolverOf(CacheOperation operation) {
        return StringUtils.hasText(operation.getCacheResolver())
                ? bean(CacheResolver.class, operation.getCacheResolver())
                : new SimpleCacheResolver(bean(CacheManager.class, operation.getCacheManager()));
    }

    private <T> T bean(Class<T> type, String qualifier) {
        return BeanFactoryAnnotationUtils.qualifiedBeanOfType(beans, type, qualifier);
    }

    private record Context(CacheOperationInvocationContext<?> context, CacheOperation operation)
            implements CacheOperationInvocationContext<CacheOperation> {

        @Override
        public CacheOperation getOperation() {
            return operation;
        }

        @Override
        public Object getTarget() {
            return context.getTarget();
        }

        @Override
        public Method getMethod() {
            return context.getMethod();
        }

        @Override
        public Object[] getArgs() {
            return context.getArgs();
        }
    }
}
