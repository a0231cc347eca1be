package io.psycache.spring.keys;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/** View of a cache for one invocation of a cached method: each key carries the {@link Invocation} to the cache below. */
public record InvocationCache(Cache cache, Invocation invocation) implements Cache {

    @Override
    public String getName() {
        return cache.getName();
    }

    @Override
    public Object getNativeCache() {
        return cache.getNativeCache();
    }

    @Override
    public @Nullable ValueWrapper get(Object key) {
        return cache.get(invocation.carriedBy(key));
    }

    @Override
    public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
        return cache.get(invocation.carriedBy(key), type);
    }

    @Override
    public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
        return cache.get(invocation.carriedBy(key), valueLoader);
    }

    @Override
    public @Nullable CompletableFuture<?> retrieve(Object key) {
        return cache.retrieve(invocation.carriedBy(key));
    }

    @Override
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
        return cache.retrieve(invocation.carriedBy(key), valueLoader);
    }

    @Override
    public void put(Object key, @Nullable Object value) {
        cache.put(invocation.carriedBy(key), value);
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        return cache.putIfAbsent(invocation.carriedBy(key), value);
    }

    @Override
    public void evict(Object key) {
        cache.evict(invocation.carriedBy(key));
    }

    @Override
    public boolean evictIfPresent(Object key) {
        return cache.evictIfPresent(invocation.carriedBy(key));
    }

    @Override
    public void clear() {
        cache.clear();
    }

    @Override
    public boolean invalidate() {
        return cache.invalidate();
    }
}
