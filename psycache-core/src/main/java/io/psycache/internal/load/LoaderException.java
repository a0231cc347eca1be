package io.psycache.internal.load;

/** A loader has failed, which is the cause: this caller's or the one that it waited for. */
final class LoaderException extends Exception {

    LoaderException(Throwable failure) {
        super(failure);
    }

    Throwable failure() {
        return getCause() == null ? this : getCause();
    }
}
