package io.psycache.spring.boot.diagnostics;

import org.springframework.core.NestedExceptionUtils;

/** The database failed, or could not be reached, when the tables of the cache were to be made or checked. */
public final class SchemaInitializationException extends StartException {

    public SchemaInitializationException(RuntimeException cause) {
        super(
                "psycache could not make or check its tables: " + cause.getMessage(),
                "The database failed when psycache made or checked its tables: "
                        + NestedExceptionUtils.getMostSpecificCause(cause).getMessage(),
                "Check that the database is running and that spring.datasource.url, username and password are right. To"
                        + " start without the cache, set psycache.enabled=false.",
                cause);
    }
}
