package io.psycache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a cache was built with, as {@link PostgresCache.Builder} describes them.
 *
 * @param schema empty = the first of the connection's search path
 * @param defaultTtl null = never expires
 * @param partition which database the threads have
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
        Partition partition,
        long nearMaximumSize,
        CacheOptions options,
        boolean hashKeys) {

    /** Which database the data source gives the threads of the application. */
    public enum Partition {
        /**
         * As the data source shows. Behind a router of Spring ({@code AbstractRoutingDataSource}) each target has a cache of its own. A
         * data source of a class that psycache does not know counts as {@link #THREAD}.
         */
        AUTO,
        /** Every thread has the same database. */
        SINGLE,
        /**
         * Each thread may have another database, schema or role. Each call sends its statements on its own thread. Callers share neither
         * loads nor statements, nothing is loaded in the background, and the process keeps no copies.
         */
        THREAD
    }
}
