package io.psycache.spring.advice;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.keys.InvocationCache;
import io.psycache.spring.tags.DeclaredTags;
import io.psycache.spring.tags.MethodCall;
import io.psycache.spring.types.DeclaredTypes;
import java.util.Collection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.cache.Cache;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.dao.DataAccessException;

/** Resolver that gives each invocation views of our caches of its own, and other caches as they are. */
final class DeclaredTypeCacheResolver implements CacheResolver {
    private final CacheResolver resolver;
    private final DeclaredTypes types = new DeclaredTypes();
    private final DeclaredTags tags;

    DeclaredTypeCacheResolver(CacheResolver resolver, DeclaredTags tags) {
        this.resolver = resolver;
        this.tags = tags;
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> context) {
        Collection<? extends Cache> caches = resolver.resolveCaches(context);
        return caches.stream().anyMatch(DeclaredTypeCacheResolver::isOurs)
                ? caches.stream()
                        .map(cache -> isOurs(cache) ? view(cache, context) : cache)
                        .toList()
                : caches;
    }

    /** Decorators give the native cache of what they decorate. */
    private static boolean isOurs(Cache cache) {
        return cache.getNativeCache() instanceof CacheRegion;
    }

    private Cache view(Cache cache, CacheOperationInvocationContext<?> context) {
        Class<?> target = AopProxyUtils.ultimateTargetClass(context.getTarget());
        DeclaredTypes.DeclaredType declared = types.of(context.getMethod(), target);
        Supplier<Beginning> beginning = context.getOperation() instanceof CachePutOperation ? begin(cache) : null;
        return new InvocationCache(
                cache, new Invocation(declared.type(), declared.async(), tags(context, target), beginning));
    }

    private @Nullable TagFunction tags(CacheOperationInvocationContext<?> context, Class<?> target) {
        return context.getOperation() instanceof CacheEvictOperation
                ? null
                : tags.of(new MethodCall(context.getMethod(), context.getTarget(), target, context.getArgs()));
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
}
