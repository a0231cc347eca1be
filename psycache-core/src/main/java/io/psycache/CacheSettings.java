package io.psycache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a cache was built with, as {@link PostgresCache.Builder} describes them.
 *
 * @param schema empty = the first of the connection's search path
 * @param defaultTtl null = never expires
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
        TransactionPolicy transactions,
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
                builder.transactions,
                builder.hashKeys);
    }

    ShownKeys shownKeys() {
        return hashKeys ? ShownKeys.HASHED : ShownKeys.PLAIN;
    }
}
