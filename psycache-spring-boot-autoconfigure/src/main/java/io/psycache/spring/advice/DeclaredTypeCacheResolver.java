package io.psycache.spring.advice;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.spring.CacheTags;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.keys.InvocationCache;
import io.psycache.spring.tags.DeclaredTags;
import io.psycache.spring.tags.DeclaredTags.Declaration;
import io.psycache.spring.tags.MethodCall;
import io.psycache.spring.types.DeclaredTypes;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.dao.DataAccessException;
import org.springframework.util.StringUtils;

/**
 * Resolver that gives each invocation views of our caches of its own, and other caches as they are. It knows the resolver or manager
 * that an operation names itself, as {@link PlainOperationSource} hands it on.
 */
final class DeclaredTypeCacheResolver implements CacheResolver {
    private final CacheResolver defaultResolver;
    private final PlainOperationSource operations;
    private final BeanFactory beans;
    private final Map<CacheOperation, CacheResolver> resolvers = new ConcurrentHashMap<>();
    private final DeclaredTypes types = new DeclaredTypes();
    private final DeclaredTags tags;

    DeclaredTypeCacheResolver(CacheResolver defaultResolver, PlainOperationSource operations, BeanFactory beans) {
        this.defaultResolver = defaultResolver;
        this.operations = operations;
        this.beans = beans;
        this.tags = new DeclaredTags(CacheTags.class, beans);
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        Collection<? extends Cache> caches = cachesOf(context);
        boolean evicts = context.getOperation() instanceof CacheEvictOperation; // needs the key alone
        return evicts || caches.stream().noneMatch(DeclaredTypeCacheResolver::isOurs)
                ? caches
                : caches.stream()
                        .map(cache -> isOurs(cache) ? view(cache, context) : cache)
                        .toList();
    }

    private Collection<? extends Cache> cachesOf(CacheOperationInvocationContext<?> context) {
        CacheOperation original =
                context.getOperation() instanceof CacheOperation operation ? operations.originalOf(operation) : null;
        return original == null
                ? defaultResolver.resolveCaches(context)
                : resolvers.computeIfAbsent(original, this::resolverOf).resolveCaches(new Original(context, original));
    }

    private CacheResolver resolverOf(CacheOperation operation) {
        return StringUtils.hasText(operation.getCacheResolver())
                ? bean(CacheResolver.class, operation.getCacheResolver())
                : new SimpleCacheResolver(bean(CacheManager.class, operation.getCacheManager()));
    }

    private <T> T bean(Class<T> type, String qualifier) {
        return BeanFactoryAnnotationUtils.qualifiedBeanOfType(beans, type, qualifier);
    }

    /** Decorators give the native cache of what they decorate. */
    private static boolean isOurs(Cache cache) {
        return cache.getNativeCache() instanceof CacheRegion;
    }

    private Cache view(Cache cache, CacheOperationInvocationContext<?> context) {
        Class<?> target = AopProxyUtils.ultimateTargetClass(context.getTarget());
        Type declared = types.of(context.getMethod(), target);
        Supplier<Beginning> beginning = context.getOperation() instanceof CachePutOperation ? begin(cache) : null;
        return new InvocationCache(cache, new Invocation(declared, tagsOf(context, target), beginning));
    }

    private @Nullable TagFunction tagsOf(CacheOperationInvocationContext<?> context, Class<?> target) {
        Declaration declared = tags.of(context.getMethod(), target);
        return declared == null
                ? null
                : declared.of(new MethodCall(context.getMethod(), context.getTarget(), target, context.getArgs()));
    }

    /** Caches are resolved before the method runs. */
    private static Supplier<Beginning> begin(Cache cache) {
        try {
            Beginning beginning = ((CacheRegion) cache.getNativeCache()).begin();
            return () -> beginning;
        } catch (
                DataAccessException
                        e) { // the method runs all the same; the put comes to what the cache's failure policy says
            return () -> {
                throw e;
            };
        }
    }

    /** The invocation as the resolver that an operation names sees it. */
    private record Original(CacheOperationInvocationContext<?> context, CacheOperation operation)
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
