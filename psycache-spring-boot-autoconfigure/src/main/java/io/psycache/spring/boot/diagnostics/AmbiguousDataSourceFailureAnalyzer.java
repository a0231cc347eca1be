package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do where there are several {@code DataSource} beans. */
final class AmbiguousDataSourceFailureAnalyzer extends AbstractFailureAnalyzer<AmbiguousDataSourceException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, AmbiguousDataSourceException cause) {
        return new FailureAnalysis(
                "psycache needs one DataSource, but there are several and none of them is primary: "
                        + String.join(", ", cause.names()),
                "Mark the one that holds the cached data with @PsycacheDataSource, or with @Primary, or define a"
                        + " PostgresCache bean. To start without the cache, set psycache.enabled=false.",
                cause);
    }
}
