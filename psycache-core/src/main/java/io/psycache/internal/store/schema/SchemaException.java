package io.psycache.internal.store.schema;

import org.jspecify.annotations.Nullable;

/** The tables of the cache can't be made, upgraded or used; the message says why and what to do. */
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
