package io.psycache.codec;

import org.jspecify.annotations.Nullable;

/** A value could not be written as JSON, or JSON not read as the type asked for; the message is a reason in words. */
public final class CodecException extends Exception {

    public CodecException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }

    public CodecException(String reason) {
        this(reason, null);
    }
}
