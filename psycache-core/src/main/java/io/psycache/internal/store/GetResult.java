package io.psycache.internal.store;

import io.psycache.instrumentation.SkipReason;
import java.time.Duration;
import java.util.List;
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

    /** Of the result of a get that also finds expired entries: that of one which does not. */
    public GetResult withoutExpired() {
        if (entry == null) {
            return this;
        }
        Duration left = entry.remaining;
        return left == null || left.compareTo(Duration.ZERO) > 0
                ? new GetResult(entry, null)
                : new GetResult(null, token);
    }

    /**
     * An entry that is not invalidated.
     *
     * @param json the value, UTF-8
     * @param size what it takes in the table, in bytes
     * @param type the name of the type it was stored as; null = untyped
     * @param remaining the time until it expires, as of the get, below zero for a stale entry; null where it never expires, or was
     *     not asked
     * @param tags with their namespaces ({@link Tags}), without the key's own; null = they were not asked
     * @param value that readers may share; null where each has its own
     */
    public record StoredEntry(
            byte[] json,
            int size,
            @Nullable String type,
            @Nullable Duration remaining,
            @Nullable List<String> tags,
            @Nullable SharedValue value) {

        /** The same for several readers. */
        public StoredEntry shared() {
            return new StoredEntry(json, size, type, remaining, tags, new SharedValue());
        }

        public StoredEntry withRemaining(@Nullable Duration left) {
            return new StoredEntry(json, size, type, left, tags, value);
        }
    }
}
