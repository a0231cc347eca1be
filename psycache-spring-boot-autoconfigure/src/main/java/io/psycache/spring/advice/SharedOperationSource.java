package io.psycache.spring.advice;

import io.psycache.spring.tags.MethodAnnotations;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Source that several advisors ask which methods of a class have operations, one after the other: it looks through the class once,
 * and where the source is Spring's own, only through the methods of a class where something has one of Spring's annotations. Only
 * the last class is remembered, since nobody asks again after the start.
 */
final class SharedOperationSource implements CacheOperationSource {
    private static final List<Class<? extends Annotation>> ANNOTATIONS =
            List.of(Cacheable.class, CacheEvict.class, CachePut.class, Caching.class);

    private final CacheOperationSource source;
    private final boolean isOfSpring;
    private volatile Answers last = new Answers(null, false, Map.of());

    SharedOperationSource(CacheOperationSource source) {
        this.source = source;
        this.isOfSpring = isOfSpring(source);
    }

    /** One of the application's own, or with a parser of its own, may see an operation anywhere. */
    private static boolean isOfSpring(CacheOperationSource source) {
        return source.getClass() == AnnotationCacheOperationSource.class
                && (source.equals(new AnnotationCacheOperationSource(true))
                        || source.equals(new AnnotationCacheOperationSource(false)));
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
                && (!isOfSpring || MethodAnnotations.anywhereIn(type, SharedOperationSource::isOperation));
    }

    private static boolean isOperation(MergedAnnotations found) {
        for (Class<? extends Annotation> annotation : ANNOTATIONS) {
            if (found.isPresent(annotation)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return source.getCacheOperations(method, targetClass);
    }

    private record Answers(@Nullable Class<?> type, boolean isCandidate, Map<Method, Boolean> ofMethods) {}
}
