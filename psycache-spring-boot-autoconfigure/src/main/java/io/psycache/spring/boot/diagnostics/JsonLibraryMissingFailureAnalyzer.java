package io.psycache.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what to do where no JSON library is on the class path. */
final class JsonLibraryMissingFailureAnalyzer extends AbstractFailureAnalyzer<JsonLibraryMissingException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, JsonLibraryMissingException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Add spring-boot-starter-json, or define a bean of type io.psycache.codec.CacheCodec. If the build excludes"
                        + " Jackson from psycache-spring-boot-starter, remove that exclusion.",
                cause);
    }
}
