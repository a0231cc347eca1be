package io.psycache.spring.boot.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

/** Properties are set that this version of psycache does not have any more. */
public final class RemovedPropertiesException extends RuntimeException {
    private final transient List<Removed> properties;

    /**
     * A property that is set.
     *
     * @param origin where it is set
     * @param instead what to know or to do instead, in whole sentences
     */
    public record Removed(String name, String value, String origin, String instead) {}

    /** @param properties at least one */
    public RemovedPropertiesException(List<Removed> properties) {
        super("psycache no longer has what is set as "
                + properties.stream().map(Removed::name).collect(Collectors.joining(", ")));
        this.properties = List.copyOf(properties);
    }

    List<Removed> properties() {
        return properties;
    }
}
