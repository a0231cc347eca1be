package io.psycache.spring.boot.diagnostics;

/** The database failed, or could not be reached, when the tables of the cache were to be made or checked. */
public final class SchemaInitializationException extends RuntimeException {

    public SchemaInitializationException(RuntimeException cause) {
        super("psycache could not make or check its tables: " + cause.getMessage(), cause);
    }
}
