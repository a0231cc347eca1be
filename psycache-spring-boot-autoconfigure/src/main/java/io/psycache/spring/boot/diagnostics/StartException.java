package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;

/** Stops the start, and says what to do. */
public abstract class StartException extends RuntimeException {
    private final String description;
    private final String action;

    StartException(String message, String description, String action, @Nullable Throwable cause) {
        super(message, cause);
        this.description = description;
        this.action = action;
    }

    final String description() {
        return description;
    }

    final String action() {
        return action;
    }
}
