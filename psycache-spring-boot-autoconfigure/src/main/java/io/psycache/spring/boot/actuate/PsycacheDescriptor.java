package io.psycache.spring.boot.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.psycache.CacheOptions.NearCopy;
import io.psycache.CacheOptions.SerializableReads;
import io.psycache.CacheSettings;
import io.psycache.instrumentation.BreakerState;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.spring.boot.actuate.CacheDescriptor.ContentsDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cache as the endpoint shows it. Durations and times are in the form of ISO 8601.
 *
 * @param caches those of this application
 * @param otherRegions what else the table has: other applications' caches, and under an empty name entries of no cache
 * @param logEntries rows of the invalidation log
 * @param lastCleanup when the last one ended, on whatever node; null before the first one
 * @param problem why the tables could not be asked; null where they could. Then what they would say is missing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record PsycacheDescriptor(
        List<CacheDescriptor> caches,
        Map<String, ContentsDescriptor> otherRegions,
        @Nullable Long logEntries,
        @Nullable String lastCleanup,
        @Nullable String problem,
        Near near,
        Breaker breaker,
        Settings settings) {

    /**
     * The circuit breaker of this process.
     *
     * @param state {@code closed} or {@code open}
     * @param since when it has last opened or closed, or was made
     * @param reason why it has opened; null while it is closed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Breaker(String state, String since, @Nullable String reason) {

        static Breaker of(BreakerState breaker) {
            return new Breaker(
                    breaker.isOpen() ? "open" : "closed", breaker.since().toString(), breaker.reason());
        }
    }

    /**
     * The copies in this process.
     *
     * @param lookAge null before the first look
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Near(
            long hits,
            long looks,
            long lookCallers,
            long lookRows,
            long copies,
            long bytes,
            @Nullable String lookAge,
            long floors,
            long maximumSize) {

        static Near of(NearStatistics near) {
            return new Near(
                    near.hits(),
                    near.looks(),
                    near.lookCallers(),
                    near.lookRows(),
                    near.copies(),
                    near.bytes(),
                    near.lookAge() == null ? null : near.lookAge().toString(),
                    near.floors(),
                    near.maximumSize());
        }
    }

    /** The settings in force. */
    record Settings(
            String schema,
            String table,
            String defaultTtl,
            int lanes,
            int maxBatch,
            String timeout,
            String logRetention,
            String maxStaleness,
            NearCopy nearCopy,
            SerializableReads serializable,
            boolean hashKeys,
            Cleanup cleanup) {

        static Settings of(CacheSettings cache, boolean cleanup, Duration cleanupInterval) {
            return new Settings(
                    cache.schema(),
                    cache.table(),
                    CacheDescriptor.ttl(cache.defaultTtl()),
                    cache.lanes(),
                    cache.maxBatch(),
                    cache.timeout().toString(),
                    cache.logRetention().toString(),
                    Objects.requireNonNull(cache.options().maxStaleness()).toString(),
                    Objects.requireNonNull(cache.options().nearCopy()),
                    Objects.requireNonNull(cache.options().serializable()),
                    cache.hashKeys(),
                    new Cleanup(cleanup, cleanupInterval.toString(), cache.cleanupBatchSize()));
        }
    }

    /** The settings of the cleanup. */
    record Cleanup(boolean enabled, String interval, int batchSize) {}
}
