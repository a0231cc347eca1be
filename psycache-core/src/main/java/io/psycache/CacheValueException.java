package io.psycache;

import org.jspecify.annotations.Nullable;

/** A value can't be stored, or a stored one not be read as asked. The message names key, type and reason; nothing was changed. */
public final class CacheValueException extends RuntimeException {
    private final String key;
    private final String typeName;
    private final String reason;

    public CacheValueException(String key, String typeName, String reason, @Nullable Throwable cause) {
        super("Cache entry '" + key + "' (" + typeName + "): " + reason, cause);
        this.key = key;
        this.typeName = typeName;
        this.reason = reason;
    }

    /** The key, or its hash where {@link PostgresCache.Builder#hashKeys keys are hashed}. */
    public String getKey() {
        return key;
    }

    public String getTypeName() {
        return typeName;
    }

    /** The reason, and how to cure it, without key and type. */
    public String getReason() {
        return reason;
    }
}
