package io.psycache.internal.entry;

import io.psycache.CacheLoadException;
import io.psycache.CacheValueException;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import org.jspecify.annotations.Nullable;

/**
 * How keys read in messages, and so in logs: as they are or, where they can be personal data, hashed as for observers. Every
 * exception of the cache that names a key is made here.
 */
public record ShownKeys(boolean areHashed) {

    public String of(String key) {
        return areHashed ? KeyHashingInstrumentation.hash(key) : key;
    }

    public CacheValueException valueProblem(String key, String typeName, String reason, @Nullable Throwable cause) {
        return new CacheValueException(of(key), typeName, reason, cause);
    }

    public CacheLoadException loadFailure(String key, Throwable cause) {
        return new CacheLoadException(of(key), cause);
    }
}
