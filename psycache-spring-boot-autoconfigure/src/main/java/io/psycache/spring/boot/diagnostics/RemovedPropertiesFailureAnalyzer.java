package io.psycache.spring.boot.diagnostics;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says where properties are set that psycache no longer has, and what to do instead. */
final class RemovedPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<RemovedPropertiesException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, RemovedPropertiesException cause) {
        return new FailureAnalysis(
                cause.properties().stream()
                        .map(property -> "%n%n    Property: %s%n    Value: \"%s\"%n    Origin: %s"
                                .formatted(property.name(), property.value(), property.origin()))
                        .collect(Collectors.joining("", "psycache no longer has properties that are set:", "")),
                cause.properties().stream()
                        .map(property -> property.name() + ": " + property.instead())
                        .collect(Collectors.joining(System.lineSeparator())),
                cause);
    }
}
