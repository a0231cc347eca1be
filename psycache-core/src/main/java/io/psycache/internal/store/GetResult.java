package io.psycache.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a get found under one key.
 *
 * @param entry null for a miss
 * @param token of a miss, and of an entry that may be loaded again: what the put of a value loaded now must carry; null where it
 *     must not be put
 */
public record GetResult(
        @Nullable StoredEntry entry, @Nullable LoadToken token) {
    static final GetResult BYPASSED = new GetResult(null, null);
}
