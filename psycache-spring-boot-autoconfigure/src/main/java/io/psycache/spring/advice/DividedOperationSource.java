package io.psycache.spring.advice;

import java.lang.reflect.Method;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;

/**
 * The methods of a source that only look up, or those that also put or evict. A method is not divided: its operations depend on
 * each other, as an eviction that happens on a hit, too.
 */
final class DividedOperationSource implements CacheOperationSource {
    private final CacheOperationSource source;
    private final boolean writing;

    private DividedOperationSource(CacheOperationSource source, boolean writing) {
        this.source = source;
        this.writing = writing;
    }

    static DividedOperationSource lookups(CacheOperationSource source) {
        return new DividedOperationSource(source, false);
    }

    static DividedOperationSource writes(CacheOperationSource source) {
        return new DividedOperationSource(source, true);
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return source.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.hasCacheOperations(method, targetClass) && getCacheOperations(method, targetClass) != null;
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        Collection<CacheOperation> operations = source.getCacheOperations(method, targetClass);
        return operations != null && isWriting(operations) == writing ? operations : null;
    }

    private static boolean isWriting(Collection<CacheOperation> operations) {
        return !operations.stream().allMatch(CacheableOperation.class::isInstance);
    }
}
