package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;

/** Stops the start, and says what to do. */
public final class StartException extends RuntimeException {
    private final String action;

    public StartException(String description, String action, @Nullable Throwable cause) {
        super(description, cause);
        this.action = action;
    }

    String action() {
        return action;
    }
}
