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
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * The cached methods of a source for two advisors: those that only look up, and those that also put or evict. A method is not
 * divided: its operations depend on each other, as an eviction that happens on a hit, too.
 *
 * <p>The advisors ask about a class one after the other. It is looked through once, and where the source is Spring's own, only if
 * something in it has one of Spring's annotations. Only the last class is remembered, since nobody asks again after the start.
 */
final class DividedOperations {
    private static final List<Class<? extends Annotation>> ANNOTATIONS =
            List.of(Cacheable.class, CacheEvict.class, CachePut.class, Caching.class);

    private final CacheOperationSource source;
    private final boolean isOfSpring;
    private volatile Answers last = new Answers(null, false, Map.of());

    DividedOperations(CacheOperationSource source) {
        this.source = source;
        this.isOfSpring = isOfSpring(source);
    }

    /** One of the application's own, or with a parser of its own, may see an operation anywhere. */
    private static boolean isOfSpring(CacheOperationSource source) {
        return source.getClass() == AnnotationCacheOperationSource.class
                && (source.equals(new AnnotationCacheOperationSource(true))
                        || source.equals(new AnnotationCacheOperationSource(false)));
    }

    CacheOperationSource lookups() {
        return new Half(this, false);
    }

    CacheOperationSource writes() {
        return new Half(this, true);
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
                && (!isOfSpring || MethodAnnotations.anywhereIn(type, DividedOperations::isOperation));
    }

    private static boolean isOperation(MergedAnnotations found) {
        for (Class<? extends Annotation> annotation : ANNOTATIONS) {
            if (found.isPresent(annotation)) {
                return true;
            }
        }
        return false;
    }

    /** Empty where there are none: that the source has none for a method is not to be kept there. */
    private Collection<CacheOperation> operations(Method method, Class<?> type) {
        Collection<CacheOperation> operations =
                source.hasCacheOperations(method, type) ? source.getCacheOperations(method, type) : null;
        return operations == null ? List.of() : operations;
    }

    private record Answers(
            @Nullable Class<?> type, boolean isCandidate, Map<Method, Collection<CacheOperation>> ofMethods) {}

    private record Half(DividedOperations all, boolean writing) implements CacheOperationSource {

        @Override
        public boolean isCandidateClass(Class<?> targetClass) {
            return all.answers(targetClass).isCandidate();
        }

        @Override
        public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
            Class<?> type = targetClass == null ? method.getDeclaringClass() : targetClass;
            Collection<CacheOperation> operations =
                    all.answers(type).ofMethods().computeIfAbsent(method, asked -> all.operations(asked, type));
            return isWriting(operations) == writing ? operations : null;
        }

        private static boolean isWriting(Collection<CacheOperation> operations) {
            return !operations.stream().allMatch(CacheableOperation.class::isInstance);
        }
    }
}
