package io.psycache.internal.store;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An entry that no invalidation has ended.
 *
 * @param json the value, UTF-8
 * @param size what it takes in the table, in bytes
 * @param type the name of the type it was stored as; null = untyped
 * @param remaining the time to its end when it was read, below zero once that has passed; null where it never expires, or was not
 *     asked
 */
public record StoredEntry(
        byte[] json,
        int size,
        @Nullable String type,
        @Nullable Duration remaining) {}
