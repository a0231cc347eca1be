package io.psycache;

/**
 * Keeps the entries of tenants apart that have their rows in the same tables, such as tenants that a column, a schema or a policy of
 * row security tells apart. Each partition is a cache of its own: keys, tags, clears and flushes of one do not reach another.
 *
 * <p>You need none for tenants whose databases a router of Spring chooses: each of them has a cache of its own already.
 */
@FunctionalInterface
public interface CachePartition {

    /**
     * The partition of the calling thread, such as the id of its tenant. It is asked at the beginning of each call, so it must be cheap.
     * Entries are stored under it, so it must not change for a tenant.
     *
     * @return at most 200 characters, without U+001F; empty = the entries of all threads that have no tenant. Its
     *     flushes and removals by prefix reach every partition
     * @throws RuntimeException reaches the caller of the cache
     */
    String current();
}
