package io.psycache.internal.store;

import io.psycache.instrumentation.SkipReason;

/** Whether a value that is loaded or made from now on may be stored: under a {@link LoadToken}, or not, for a reason. */
public sealed interface Token permits LoadToken, Token.Skip {

    /** The value must not be stored. */
    record Skip(SkipReason reason) implements Token {}
}
