package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion.RefreshListener;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * A loader that knows whether it was called and what became of its value. Where the caller was served and it is used in the background,
 * that counts as a load of its own. Used by one thread at a time.
 */
final class TrackedLoader implements Callable<@Nullable Object>, RefreshListener {
    private final Callable<?> loader;
    private final PostgresCacheStatistics statistics;
    private volatile boolean called;
    private volatile boolean offered;
    private volatile boolean refused;
    private volatile boolean inBackground;

    TrackedLoader(Callable<?> loader, PostgresCacheStatistics statistics) {
        this.loader = loader;
        this.statistics = statistics;
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
        return !inBackground && offered && !refused;
    }

    /** Whether its value was loaded and nobody asked whether it can be stored: it must not be. */
    boolean isFenced() {
        return isCalled() && !offered;
    }

    /** Whether it was, for the caller. */
    boolean isCalled() {
        return called && !inBackground;
    }

    @Override
    public void begins() {
        inBackground = true;
    }

    @Override
    public void ended(boolean stored) {
        if (stored) {
            statistics.recordPut();
        } else if (offered && !refused) {
            statistics.recordSkippedPut();
        }
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
