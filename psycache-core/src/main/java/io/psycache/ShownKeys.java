package io.psycache;

import io.psycache.instrumentation.KeyHashingInstrumentation;
import org.jspecify.annotations.Nullable;

/**
 * How keys read in messages, and so in logs: as they are or, where they can be personal data, hashed as for observers. Every
 * exception of the cache that names a key is made here.
 */
enum ShownKeys {
    PLAIN {
        @Override
        String of(String key) {
            return key;
        }
    },
    HASHED {
        @Override
        String of(String key) {
            return KeyHashingInstrumentation.hash(key);
        }
    };

    abstract String of(String key);

    CacheValueException valueProblem(String key, String typeName, String reason, @Nullable Throwable cause) {
        return new CacheValueException(of(key), typeName, reason, cause);
    }

    CacheLoadException loadFailure(String key, Throwable cause) {
        return new CacheLoadException(of(key), cause);
    }
}
