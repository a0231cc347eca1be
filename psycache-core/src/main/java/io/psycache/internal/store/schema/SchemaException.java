package io.psycache.internal.store.schema;

import org.jspecify.annotations.Nullable;

/** Thrown if the tables of the cache can't be created, upgraded or used. The message says why, and what to do. */
public final class SchemaException extends RuntimeException {

    /** Why the tables are unusable. */
    public enum Problem {
        NOT_POSTGRESQL,
        TOO_OLD,
        NOT_PERMITTED,
        MISSING,
        CONFLICT,
        LOCKED
    }

    private final Problem problem;

    SchemaException(Problem problem, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
