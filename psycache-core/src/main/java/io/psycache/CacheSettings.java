package io.psycache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a cache was built with, as {@link PostgresCache.Builder} describes them.
 *
 * @param schema empty = the first of the connection's search path
 * @param defaultTtl null = never expires
 * @param nearMaximumSize bytes of copies in this process; 0 = there are none
 * @param options those of a cache without options of its own, each of them set
 */
public record CacheSettings(
        String schema,
        String table,
        @Nullable Duration defaultTtl,
        int lanes,
        int maxBatch,
        Duration timeout,
        Duration logRetention,
        int cleanupBatchSize,
        long nearMaximumSize,
        CacheOptions options,
        boolean hashKeys) {}
