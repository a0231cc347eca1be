package io.psycache.spring.boot.diagnostics;

/** There is no JSON library, and no codec of the application's own. */
public final class JsonLibraryMissingException extends StartException {

    public JsonLibraryMissingException(IllegalStateException cause) {
        super(
                String.valueOf(cause.getMessage()),
                String.valueOf(cause.getMessage()),
                "Add spring-boot-starter-json, or define a bean of type io.psycache.codec.CacheCodec. If the build excludes"
                        + " Jackson from psycache-spring-boot-starter, remove that exclusion.",
                cause);
    }
}
