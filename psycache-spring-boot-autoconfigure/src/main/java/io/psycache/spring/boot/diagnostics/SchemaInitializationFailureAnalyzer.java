package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.NestedExceptionUtils;

/** Says what to do where the database can't be reached, or fails, when the application starts. */
final class SchemaInitializationFailureAnalyzer extends AbstractFailureAnalyzer<SchemaInitializationException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, SchemaInitializationException cause) {
        Throwable first = NestedExceptionUtils.getMostSpecificCause(cause);
        return new FailureAnalysis(
                "The database failed when psycache made or checked its tables: " + first.getMessage(),
                "Check that the database is running and that spring.datasource.url, username and password are right. To"
                        + " start without the cache, set psycache.enabled=false.",
                cause);
    }
}
