package io.psycache.spring.advice;

import org.springframework.cache.interceptor.CacheInterceptor;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.util.Assert;

/** The half of the caching aspect that runs inside the transaction: for methods that put or evict. */
final class WritingCacheInterceptor extends CacheInterceptor {
    private final CacheInterceptor lookups;
    private final SharedOperationSource operations;

    /** @param lookups the application's interceptor */
    WritingCacheInterceptor(CacheInterceptor lookups) {
        this.lookups = lookups;
        this.operations = new SharedOperationSource(sourceOf(lookups));
        setCacheOperationSource(DividedOperationSource.writes(operations));
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
        setCacheOperationSource(DividedOperationSource.writes(all));
        lookups.setCacheOperationSource(DividedOperationSource.lookups(all));
        afterSingletonsInstantiated();
    }
}
