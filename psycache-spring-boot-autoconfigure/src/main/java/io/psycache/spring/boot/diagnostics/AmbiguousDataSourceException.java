package io.psycache.spring.boot.diagnostics;

import java.util.List;

/** There are several {@code DataSource} beans, and nothing tells which one the cache uses. */
public final class AmbiguousDataSourceException extends RuntimeException {

    private final transient List<String> names;

    public AmbiguousDataSourceException(List<String> names) {
        super("psycache needs one DataSource but there are several: " + names);
        this.names = names;
    }

    List<String> names() {
        return names;
    }
}
