package io.psycache.store;

import org.jspecify.annotations.Nullable;

/**
 * A valid entry.
 *
 * @param json the value, UTF-8
 * @param size what it takes in the table, in bytes
 * @param type the name of the type it was stored as; null = untyped
 */
public record StoredEntry(byte[] json, int size, @Nullable String type) {}
