package io.psycache.spring.boot.diagnostics;

/** There is no JSON library, and no codec of the application's own. */
public final class JsonLibraryMissingException extends RuntimeException {

    public JsonLibraryMissingException(IllegalStateException cause) {
        super(cause.getMessage(), cause);
    }
}
