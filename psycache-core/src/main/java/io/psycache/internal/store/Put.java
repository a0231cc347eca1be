package io.psycache.internal.store;

import org.jspecify.annotations.Nullable;

/** An entry to be stored, and the condition under which it is. */
public sealed interface Put {

    Entry entry();

    default String key() {
        return entry().key();
    }

    /** The moment that the value belongs to; null for {@link Now}. */
    default @Nullable LoadToken token() {
        return null;
    }

    /** The invalidation that the put has logged itself; null where it has logged none. */
    default @Nullable OwnInvalidation own() {
        return null;
    }

    /** The owner of the key's lease, which the statement of the put releases; null where there is none. */
    default @Nullable String leaseOwner() {
        return null;
    }

    /** A write of the moment when the statement runs; nothing can have invalidated it. */
    record Now(Entry entry) implements Put {}

    /**
     * A write in the caller's transaction, stored after its commit unless that transaction, or another one, has invalidated it since.
     *
     * @param token the snapshot of the write, with the transaction's own changes
     */
    record Written(Entry entry, LoadToken token, OwnInvalidation own) implements Put {}

    /**
     * A write that was made since its token, and whose own invalidation is committed. It is stored unless anything else has
     * invalidated it since.
     */
    record Made(Entry entry, LoadToken token, OwnInvalidation own) implements Put {}

    /**
     * A value that a loader has read after its token was taken. It replaces older entries only.
     *
     * @param isAgain whether it was loaded while there was a valid entry, which other processes may have a copy of
     */
    record Loaded(Entry entry, LoadToken token, @Nullable String leaseOwner, boolean isAgain) implements Put {

        public Loaded(Entry entry, LoadToken token) {
            this(entry, token, null, false);
        }
    }

    /**
     * The row of the log that a put has inserted itself.
     *
     * @param xid the transaction that inserted it
     * @param logId the {@code id} of the row
     */
    record OwnInvalidation(String xid, long logId) {}
}
