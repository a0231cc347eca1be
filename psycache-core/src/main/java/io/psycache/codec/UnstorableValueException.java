package io.psycache.codec;

/** A value that must not be written, found while Jackson writes; the message is the reason, Jackson adds the path. */
final class UnstorableValueException extends IllegalArgumentException {
    UnstorableValueException(String reason) {
        super(reason);
    }
}
