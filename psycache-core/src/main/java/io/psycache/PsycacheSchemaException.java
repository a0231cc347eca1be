package io.psycache;

import org.jspecify.annotations.Nullable;

/** Thrown if the tables of the cache can't be created, upgraded or used. The message says why, and what to do. */
public final class PsycacheSchemaException extends RuntimeException {

    /** Why the tables can't be created, upgraded or used. */
    public enum Reason {
        /** The database is not PostgreSQL. */
        NOT_POSTGRESQL,
        /** PostgreSQL is older than 14. */
        TOO_OLD,
        /** The role may not create, alter or use the tables. */
        NOT_PERMITTED,
        /** A table, a column or an index is missing, and you did not ask to create it. */
        MISSING,
        /** Something else has the name of one of the tables. */
        CONFLICT,
        /** Another session holds a lock on a table that must be altered or dropped. */
        LOCKED
    }

    private final Reason reason;

    public PsycacheSchemaException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason getReason() {
        return reason;
    }
}
