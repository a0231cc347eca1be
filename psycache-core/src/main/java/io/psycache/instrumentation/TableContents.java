package io.psycache.instrumentation;

import java.util.List;

/**
 * Contents of the tables of a cache, expired and invalidated entries included. The figures are exact for tables of up to 1,000
 * pages (8 MB), and estimated from a random sample of about 1,000 pages for larger ones.
 *
 * @param caches one for each region that has entries, and one without a name for entries outside regions
 * @param logEntries number of entries of the invalidation log
 */
public record TableContents(List<CacheContents> caches, long logEntries) {

    public TableContents {
        caches = List.copyOf(caches);
    }

    /**
     * Contents of one cache.
     *
     * @param cache name of the region, for a Spring cache its key prefix and name; empty for entries outside regions
     * @param entries number of entries, the expired ones included
     * @param expired number of expired entries, which the cleanup will delete
     * @param bytes size of the values in the table
     */
    public record CacheContents(String cache, long entries, long expired, long bytes) {}
}
