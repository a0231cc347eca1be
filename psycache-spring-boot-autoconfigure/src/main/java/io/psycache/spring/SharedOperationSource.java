package io.psycache.spring;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;

/**
 * Source that several advisors ask which methods of a class have operations, one after the other: it looks through the class once,
 * and not at all through the methods of a class where nothing has an annotation, as most of the beans of a starter. Only the last
 * class is remembered, since nobody asks again after the start.
 */
final class SharedOperationSource implements CacheOperationSource {
    private final CacheOperationSource source;
    private volatile Answers last = new Answers(null, false, Map.of());

    SharedOperationSource(CacheOperationSource source) {
        this.source = source;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return answers(targetClass).isCandidate();
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return targetClass == null
                ? source.hasCacheOperations(method, null)
                : answers(targetClass)
                        .ofMethods()
                        .computeIfAbsent(method, asked -> source.hasCacheOperations(asked, targetClass));
    }

    private Answers answers(Class<?> type) {
        Answers answers = last;
        if (answers.type() != type) {
            answers = new Answers(type, isCandidate(type), new ConcurrentHashMap<>());
            last = answers;
        }
        return answers;
    }

    private boolean isCandidate(Class<?> type) {
        return source.isCandidateClass(type)
                && (!(source instanceof AnnotationCacheOperationSource)
                        || MethodAnnotations.anywhereIn(
                                type, found -> found.iterator().hasNext()));
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.getCacheOperations(method, targetClass);
    }

    private record Answers(@Nullable Class<?> type, boolean isCandidate, Map<Method, Boolean> ofMethods) {}
}
