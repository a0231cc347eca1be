package io.psycache.internal.store;

/** PostgreSQL refuses a value; nothing was changed. */
public final class UnstorableValueException extends RuntimeException {
    private final String key;

    public UnstorableValueException(String key, String reason, Throwable cause) {
        super(reason, cause);
        this.key = key;
    }

    /** The key as it is stored. */
    public String key() {
        return key;
    }
}
