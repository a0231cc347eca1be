package io.psycache.benchmarks;

import java.util.Objects;
import org.springframework.cache.Cache;

/** A cache behind Spring's interface. */
final class SpringCacheContender implements Contender {
    private final String name;
    private final Cache cache;
    private final Keys keys;
    private final Kind<?> kind;
    private final boolean puttingAsynchronously;

    SpringCacheContender(String name, Cache cache, Keys keys) {
        this(name, cache, keys, Kind.DECODED, false);
    }

    private SpringCacheContender(String name, Cache cache, Keys keys, Kind<?> kind, boolean puttingAsynchronously) {
        this.name = name;
        this.cache = cache;
        this.keys = keys;
        this.kind = kind;
        this.puttingAsynchronously = puttingAsynchronously;
    }

    /** One whose puts do not wait. */
    static SpringCacheContender puttingAsynchronously(String name, Cache cache, Keys keys) {
        return new SpringCacheContender(name, cache, keys, Kind.DECODED, true);
    }

    SpringCacheContender of(Kind<?> other) {
        return new SpringCacheContender(name, cache, keys, other, puttingAsynchronously);
    }

    SpringCacheContender filled() {
        for (int key = 0; key < keys.count(); key++) {
            cache.put(key, kind.of().apply(key));
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

    int get(int key) {
        Numbered found = cache.get(key, kind.type());
        if (found == null || found.id() != key) {
            throw new IllegalStateException(name + " has no entry " + key + ": nothing was measured");
        }
        return 1;
    }

    /** Gets an entry that is missing, and puts it. */
    int load(int key) {
        if (cache.get(key) != null) {
            throw new IllegalStateException(name + " has entry " + key + ": nothing was measured");
        }
        cache.put(key, kind.of().apply(key));
        return 1;
    }

    @Override
    public int put() {
        int key = keys.random();
        cache.put(key, kind.of().apply(key));
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
