package io.psycache.spring.advice;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.util.StringUtils;

/**
 * Source whose lookups and puts name no resolver and no manager, so that the caching aspect resolves all of them with its default
 * resolver, {@link DeclaredTypeCacheResolver}, which asks for the original.
 */
final class PlainOperationSource implements CacheOperationSource {
    private final CacheOperationSource source;
    private final Map<CacheOperation, CacheOperation> plain = new ConcurrentHashMap<>();
    private final Map<CacheOperation, CacheOperation> originals = new ConcurrentHashMap<>();

    PlainOperationSource(CacheOperationSource source) {
        this.source = source;
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        Collection<CacheOperation> operations = source.getCacheOperations(method, targetClass);
        return operations == null || operations.stream().noneMatch(PlainOperationSource::namesItsOwn)
                ? operations
                : operations.stream().map(this::plain).toList();
    }

    /** The operation that {@code operation} stands for; null where it is no stand-in. */
    @Nullable CacheOperation originalOf(CacheOperation operation) {
        return originals.get(operation);
    }

    private static boolean namesItsOwn(CacheOperation operation) {
        return StringUtils.hasText(operation.getCacheResolver()) || StringUtils.hasText(operation.getCacheManager());
    }

    private CacheOperation plain(CacheOperation operation) {
        return namesItsOwn(operation) ? plain.computeIfAbsent(operation, this::standIn) : operation;
    }

    private CacheOperation standIn(CacheOperation original) {
        CacheOperation standIn = copy(original);
        if (standIn != original) {
            originals.put(standIn, original);
        }
        return standIn;
    }

    private static CacheOperation copy(CacheOperation operation) {
        if (operation instanceof CacheableOperation cacheable) {
            CacheableOperation.Builder builder = new CacheableOperation.Builder();
            builder.setUnless(cacheable.getUnless());
            builder.setSync(cacheable.isSync());
            return common(builder, operation);
        }
        if (operation instanceof CachePutOperation put) {
            CachePutOperation.Builder builder = new CachePutOperation.Builder();
            builder.setUnless(put.getUnless());
            return common(builder, operation);
        }
        return operation; // an eviction needs the key alone
    }

    /** The name tells stand-ins apart whose originals differ in resolver or manager only. */
    private static CacheOperation common(CacheOperation.Builder builder, CacheOperation operation) {
        builder.setName(operation.getName() + " with " + operation.getCacheResolver() + operation.getCacheManager());
        builder.setCacheNames(operation.getCacheNames().toArray(String[]::new));
        builder.setKey(operation.getKey());
        builder.setKeyGenerator(operation.getKeyGenerator());
        builder.setCondition(operation.getCondition());
        return builder.build();
    }
}
