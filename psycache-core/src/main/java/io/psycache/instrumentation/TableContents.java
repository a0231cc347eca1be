package io.psycache.instrumentation;

import java.util.List;

/**
 * What the tables of a cache hold, ended entries included. Exact for tables of up to 1,000 pages (8 MB), estimated from a random
 * sample of about as many pages for larger ones.
 *
 * @param caches one for each region that has entries, and one without a name for entries of no region
 * @param logEntries entries of the invalidation log
 */
public record TableContents(List<CacheContents> caches, long logEntries) {

    public TableContents {
        caches = List.copyOf(caches);
    }

    /**
     * What one cache holds.
     *
     * @param cache name of the region, which of a Spring cache is its key prefix and name; empty for entries of no region
     * @param expired entries whose time has ended; the cleanup will delete them
     * @param bytes what the values take in the table
     */
    public record CacheContents(String cache, long entries, long expired, long bytes) {}
}
