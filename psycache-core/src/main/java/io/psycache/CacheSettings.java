package io.psycache;

import io.psycache.codec.CacheCodecs;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a cache was built with, as {@link PostgresCache.Builder} describes them.
 *
 * @param schema empty = the first of the connection's search path
 * @param defaultTtl null = never expires
 * @param options each of them is set
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
        CacheOptions options,
        boolean hashKeys) {

    static CacheSettings of(PostgresCache.Builder builder) {
        return new CacheSettings(
                builder.schema,
                builder.table,
                builder.defaultTtl,
                builder.lanes,
                builder.maxBatch,
                builder.timeout,
                builder.logRetention,
                builder.cleanupBatchSize,
                builder.options.codec() != null ? builder.options : builder.options.codec(CacheCodecs.detect()),
                builder.hashKeys);
    }

    ShownKeys shownKeys() {
        return hashKeys ? ShownKeys.HASHED : ShownKeys.PLAIN;
    }
}
