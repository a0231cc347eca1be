package io.psycache.spring;

import io.psycache.CacheLoadException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A loader that is called once, even where the cache fails after the load. Used by one thread. */
final class OnceLoader implements Callable<@Nullable Object> {
    private final Callable<?> loader;
    private boolean called;
    private @Nullable Object loaded;

    OnceLoader(Callable<?> loader) {
        this.loader = loader;
    }

    @Override
    public @Nullable Object call() throws Exception {
        called = true;
        loaded = loader.call();
        return loaded;
    }

    boolean isCalled() {
        return called;
    }

    /** What was loaded, now or before. */
    @Nullable Object value(String key) {
        try {
            return called ? loaded : call();
        } catch (Exception e) {
            throw new CacheLoadException(key, e);
        }
    }
}
