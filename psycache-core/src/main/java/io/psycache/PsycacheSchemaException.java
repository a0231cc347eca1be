package io.psycache;

import io.psycache.internal.store.schema.SchemaException;
import org.jspecify.annotations.Nullable;

/** The tables of the cache can't be made, upgraded or used; the message says why and what to do. */
public final class PsycacheSchemaException extends RuntimeException {

    /** Why the schema is unusable. */
    public enum Reason {
        /** The database is not PostgreSQL. */
        NOT_POSTGRESQL,
        /** PostgreSQL is older than 14. */
        TOO_OLD,
        /** The role may not create or alter the tables. */
        NOT_PERMITTED,
        /** A table or a column is missing, and creating it was not asked for. */
        MISSING,
        /** Something else has the name of one of the tables. */
        CONFLICT,
        /** Another session holds a lock on a table that must be changed. */
        LOCKED
    }

    private final Reason reason;

    public PsycacheSchemaException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    static PsycacheSchemaException of(SchemaException cause) {
        return new PsycacheSchemaException(
                Reason.valueOf(cause.problem().name()), String.valueOf(cause.getMessage()), cause);
    }

    public Reason getReason() {
        return reason;
    }
}
