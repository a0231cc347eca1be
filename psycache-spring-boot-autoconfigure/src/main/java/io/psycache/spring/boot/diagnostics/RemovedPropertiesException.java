package io.psycache.spring.boot.diagnostics;

import java.util.List;
import java.util.stream.Collectors;

/** Properties are set that this version of psycache does not have any more. */
public final class RemovedPropertiesException extends StartException {

    /**
     * A property that is set.
     *
     * @param origin where it is set
     * @param instead what to know or to do instead, in whole sentences
     */
    public record Removed(String name, String value, String origin, String instead) {

        private String described() {
            return "%n%n    Property: %s%n    Value: \"%s\"%n    Origin: %s".formatted(name, value, origin);
        }
    }

    /** @param properties at least one */
    public RemovedPropertiesException(List<Removed> properties) {
        super(
                "psycache no longer has what is set as "
                        + properties.stream().map(Removed::name).collect(Collectors.joining(", ")),
                "psycache no longer has properties that are set:"
                        + properties.stream().map(Removed::described).collect(Collectors.joining()),
                properties.stream()
                        .map(property -> property.name() + ": " + property.instead())
                        .collect(Collectors.joining(System.lineSeparator())),
                null);
    }
}
