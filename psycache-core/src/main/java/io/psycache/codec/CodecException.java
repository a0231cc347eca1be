package io.psycache.codec;

import org.jspecify.annotations.Nullable;

/** Thrown if a value can't be written as JSON, or JSON can't be read as a type. The message says why and where. */
public final class CodecException extends Exception {

    public CodecException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    public CodecException(String reason) {
        this(reason, null);
    }
}
