package io.psycache.spring.boot;

/** The database failed, or could not be reached, when the tables of the cache were to be made or checked. */
final class SchemaInitializationException extends RuntimeException {

    SchemaInitializationException(RuntimeException cause) {
        super("psycache could not make or check its tables: " + cause.getMessage(), cause);
    }
}
