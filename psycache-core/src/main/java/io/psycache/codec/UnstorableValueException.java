package io.psycache.codec;

/** Thrown to Jackson if a value must not be written. The message is the reason; Jackson adds the path. */
final class UnstorableValueException extends IllegalArgumentException {
    UnstorableValueException(String reason) {
        super(reason);
    }
}
