package io.psycache.spring.boot.diagnostics;

import java.util.List;

/** There are several {@code DataSource} beans, and nothing tells which one the cache uses. */
public final class AmbiguousDataSourceException extends StartException {

    public AmbiguousDataSourceException(List<String> names) {
        super(
                "psycache needs one DataSource but there are several: " + names,
                "psycache needs one DataSource, but there are several and none of them is primary: "
                        + String.join(", ", names),
                "Mark the one that holds the cached data with @PsycacheDataSource, or with @Primary, or define a"
                        + " PostgresCache bean. To start without the cache, set psycache.enabled=false.",
                null);
    }
}
