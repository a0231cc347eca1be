package io.psycache.spring.advice;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.util.Assert;

/** The half of the caching aspect that runs inside the transaction: for methods that put or evict. */
final class WritingCacheInterceptor extends CacheInterceptor {
    private final CacheInterceptor lookups;
    private final SharedOperationSource operations;

    /** @param lookups the application's interceptor */
    WritingCacheInterceptor(CacheInterceptor lookups) {
        this.lookups = lookups;
        this.operations = new SharedOperationSource(sourceOf(lookups));
        setCacheOperationSource(new Divided(operations, true));
    }

    /** All operations, for the pointcuts of both halves. */
    CacheOperationSource operations() {
        return operations;
    }

    private static CacheOperationSource sourceOf(CacheInterceptor interceptor) {
        CacheOperationSource source = interceptor.getCacheOperationSource();
        Assert.state(source != null, "The caching aspect has no source of operations");
        return source;
    }

    /** Waits for {@link #divide()}. */
    @Override
    public void afterSingletonsInstantiated() {
        if (getCacheResolver() != null) {
            super.afterSingletonsInstantiated();
        }
    }

    /** Takes over the methods that write from the other interceptor, with its settings. */
    void divide() {
        lookups.afterSingletonsInstantiated(); // it finds its resolver only there
        setErrorHandler(lookups.getErrorHandler());
        setKeyGenerator(lookups.getKeyGenerator());
        setCacheResolver(lookups.getCacheResolver());
        CacheOperationSource all = sourceOf(lookups);
        setCacheOperationSource(new Divided(all, true));
        lookups.setCacheOperationSource(new Divided(all, false));
        afterSingletonsInstantiated();
    }

    /** Advisor of the methods that put or evict, where the order of advice is managed. */
    static final class Advisor extends DefaultPointcutAdvisor {

        Advisor(WritingCacheInterceptor interceptor, BooleanSupplier managed) {
            super(new Writes(interceptor, managed), interceptor);
        }

        private static final class Writes extends StaticMethodMatcherPointcut {
            private final CacheOperationSource source;
            private final BooleanSupplier managed;

            private Writes(WritingCacheInterceptor interceptor, BooleanSupplier managed) {
                this.source = new Divided(interceptor.operations(), true);
                this.managed = managed;
                setClassFilter(type -> !CacheManager.class.isAssignableFrom(type) && source.isCandidateClass(type));
            }

            @Override
            public boolean matches(Method method, Class<?> targetClass) {
                return managed.getAsBoolean() && source.hasCacheOperations(method, targetClass);
            }
        }
    }

    /**
     * The methods of a source that only look up, or those that also put or evict. A method is not divided: its operations depend on
     * each other, as an eviction that happens on a hit, too.
     */
    private record Divided(CacheOperationSource source, boolean writing) implements CacheOperationSource {

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
}
