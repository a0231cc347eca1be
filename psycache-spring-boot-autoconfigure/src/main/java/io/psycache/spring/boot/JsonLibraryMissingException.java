package io.psycache.spring.boot;

/** There is no JSON library, and no codec of the application's own. */
final class JsonLibraryMissingException extends RuntimeException {

    JsonLibraryMissingException(IllegalStateException cause) {
        super(cause.getMessage(), cause);
    }
}
