package io.psycache.spring;

import io.psycache.CacheLoadException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/** A loader that knows whether it was called and what became of its value. Used by one thread at a time. */
final class TrackedLoader implements Callable<@Nullable Object> {
    private final Callable<?> loader;
    private volatile boolean called;
    private volatile boolean offered;
    private volatile boolean refused;

    TrackedLoader(Callable<?> loader) {
        this.loader = loader;
    }

    @Override
    public @Nullable Object call() throws Exception {
        called = true;
        return loader.call();
    }

    /** {@link #call} of a loader whose value comes later. */
    CompletionStage<?> start() throws Exception {
        Object started = call();
        Assert.state(started != null, "the loader returned null instead of a future");
        return (CompletionStage<?>) started;
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
