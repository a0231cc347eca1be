package io.psycache.internal.store;

import io.psycache.instrumentation.SkipReason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The result of a get of one key.
 *
 * @param entry null for a miss
 * @param token of a miss, and of an entry that may be loaded again: that of a load that begins now; else null
 */
public record GetResult(
        @Nullable StoredEntry entry, @Nullable Token token) {

    /** A miss where a crash of the server has emptied the tables. */
    static final GetResult NO_EPOCH = skipped(SkipReason.EMPTIED_TABLES);

    /** A miss whose value must not be stored. */
    static GetResult skipped(SkipReason reason) {
        return new GetResult(null, new Token.Skip(reason));
    }

    /**
     * An entry that is not invalidated.
     *
     * @param json the value, UTF-8
     * @param size what it takes in the table, in bytes
     * @param type the name of the type it was stored as; null = untyped
     * @param remaining the time until it expires, as of the get, below zero for a stale entry; null where it never expires, or was
     *     not asked
     */
    public record StoredEntry(
            byte[] json,
            int size,
            @Nullable String type,
            @Nullable Duration remaining) {}
}
