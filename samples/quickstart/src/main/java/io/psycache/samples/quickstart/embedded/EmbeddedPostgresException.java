package io.psycache.samples.quickstart.embedded;

import org.jspecify.annotations.Nullable;

/** The embedded PostgreSQL can't start. */
final class EmbeddedPostgresException extends RuntimeException {

    private final String action;

    /** @param action what to do about it */
    EmbeddedPostgresException(String message, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
