package io.psycache.spring;

import io.psycache.CacheLoadException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A loader that knows whether it was called and what became of its value. Used by one thread. */
final class TrackedLoader implements Callable<@Nullable Object> {
    private final Callable<?> loader;
    private boolean called;
    private boolean offered;
    private boolean refused;

    TrackedLoader(Callable<?> loader) {
        this.loader = loader;
    }

    @Override
    public @Nullable Object call() throws Exception {
        called = true;
        return loader.call();
    }

    /** Its value is one that may be stored. */
    void offer() {
        offered = true;
    }

    /** Its value was not stored. */
    void refuse() {
        refused = true;
    }

    boolean isStored() {
        return offered && !refused;
    }

    /** Whether its value was loaded and nobody asked whether it can be stored: it must not be. */
    boolean isFenced() {
        return called && !offered;
    }

    boolean isCalled() {
        return called;
    }

    /** What is loaded without the cache. */
    @Nullable Object load(String key) {
        try {
            return call();
        } catch (Exception e) {
            throw new CacheLoadException(key, e);
        }
    }
}
