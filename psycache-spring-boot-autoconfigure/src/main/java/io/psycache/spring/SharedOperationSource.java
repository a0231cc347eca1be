package io.psycache.spring;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;

/**
 * Source that several advisors ask which methods of a class have operations, one after the other: it looks through the class once.
 * Only the last class is remembered, since nobody asks again after the start.
 */
final class SharedOperationSource implements CacheOperationSource {
    private final CacheOperationSource source;
    private volatile Answers last = new Answers(null, Map.of());

    SharedOperationSource(CacheOperationSource source) {
        this.source = source;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return source.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return targetClass == null
                ? source.hasCacheOperations(method, null)
                : answers(targetClass).computeIfAbsent(method, asked -> source.hasCacheOperations(asked, targetClass));
    }

    private Map<Method, Boolean> answers(Class<?> type) {
        Answers answers = last;
        if (answers.type() != type) {
            answers = new Answers(type, new ConcurrentHashMap<>());
            last = answers;
        }
        return answers.ofMethods();
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.getCacheOperations(method, targetClass);
    }

    private record Answers(@Nullable Class<?> type, Map<Method, Boolean> ofMethods) {}
}
