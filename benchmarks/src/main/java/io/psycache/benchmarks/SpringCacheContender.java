package io.psycache.benchmarks;

import java.util.Objects;
import org.springframework.cache.Cache;

/** A cache behind Spring's interface. */
final class SpringCacheContender implements Contender {
    private final String name;
    private final Cache cache;
    private final Keys keys;
    private final boolean puttingAsynchronously;

    SpringCacheContender(String name, Cache cache, Keys keys) {
        this(name, cache, keys, false);
    }

    private SpringCacheContender(String name, Cache cache, Keys keys, boolean puttingAsynchronously) {
        this.name = name;
        this.cache = cache;
        this.keys = keys;
        this.puttingAsynchronously = puttingAsynchronously;
    }

    /** One whose puts do not wait. */
    static SpringCacheContender puttingAsynchronously(String name, Cache cache, Keys keys) {
        return new SpringCacheContender(name, cache, keys, true);
    }

    SpringCacheContender filled() {
        for (int key = 0; key < keys.count(); key++) {
            cache.put(key, Order.of(key));
        }
        settle();
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int get() {
        return get(keys.random());
    }

    private int get(int key) {
        Order order = cache.get(key, Order.class);
        if (order == null || order.id() != key) {
            throw new IllegalStateException(name + " has no entry " + key + ": nothing was measured");
        }
        return 1;
    }

    @Override
    public int put() {
        int key = keys.random();
        cache.put(key, Order.of(key));
        return 1;
    }

    /** Redis answers in order what comes on one connection; {@code get} would take another one than such puts. */
    @Override
    public void settle() {
        if (puttingAsynchronously) {
            Objects.requireNonNull(cache.retrieve(0)).join();
        }
    }
}
