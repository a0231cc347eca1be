package io.psycache.internal.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value as it is to be stored.
 *
 * @param key as it is stored ({@link StoredKeys})
 * @param json the value, UTF-8
 * @param ttl null = never expires
 * @param window how long the row is kept after it has expired, for callers that accept an expired value; zero = not
 * @param tags with their namespaces ({@link Tags}), without the key's own
 * @param type the name of the declared type; null = untyped
 * @param spanName how observers name operations on it; null = unnamed
 */
public record Entry(
        String key,
        byte[] json,
        @Nullable Duration ttl,
        Duration window,
        List<String> tags,
        @Nullable String type,
        @Nullable String spanName) {}
