package io.psycache;

/** A loader failed; the direct cause is what it threw. Nothing was stored. */
public final class CacheLoadException extends RuntimeException {

    public CacheLoadException(String key, Throwable cause) {
        super("The loader of cache entry '" + key + "' failed: " + cause, cause);
    }
}
