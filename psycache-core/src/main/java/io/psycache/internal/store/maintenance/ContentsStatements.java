package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.Validation;

/** The SQL that estimates what the tables hold, at a cost that does not grow with them. */
final class ContentsStatements {

    /** Up to so many pages all rows of a table are read; of a larger table it is a sample of about as many pages. */
    private static final int PAGES = 1_000;

    private final CacheTables tables;

    ContentsStatements(CacheTables tables) {
        this.tables = tables;
    }

    /** Columns: cache (empty for none), rows, expired rows, bytes of the values. */
    String entries() {
        return """
                select coalesce((select substr(t, 3) from unnest(e.tags) t where starts_with(t, '%3$s') limit 1), '') as cache,
                       round(count(*) * 100 / %2$s),
                       round(count(*) filter (where not %4$s) * 100 / %2$s),
                       round(sum(pg_column_size(e.value)) * 100 / %2$s)
                  from %1$s e tablesample system (%2$s)
                 group by 1 order by 1""".formatted(tables.entries(), percentOf(tables.entries()), Tags.CACHE_NAMESPACE, Validation.KEPT);
    }

    /** One number: rows. */
    String invalidations() {
        return "select round(count(*) * 100 / %2$s) from %1$s tablesample system (%2$s)"
                .formatted(tables.invalidations(), percentOf(tables.invalidations()));
    }

    /** Keys of a cache. Parameters: tag of the cache, number of keys. */
    String keys() {
        return """
                select e.key from %1$s e tablesample system (%2$s)
                 where ? = any (e.tags) and e.expires_at > statement_timestamp()
                 limit ?""".formatted(tables.entries(), percentOf(tables.entries()));
    }

    /** One time: when the last walk of the cleanup ended, on whatever node. No row before the first one. */
    String lastCleanup() {
        return "select swept_at from " + tables.epoch() + " where swept_at is not null";
    }

    /** Reads no row, and fails if one of the tables can't be read: a standby has no unlogged tables, though its catalog has. */
    String touch() {
        return "select from %s, %s, %s, %s where false"
                .formatted(tables.entries(), tables.invalidations(), tables.epoch(), tables.leases());
    }

    private static String percentOf(String table) {
        return """
                least(100, 100.0 * %d * current_setting('block_size')::int / greatest(1, pg_relation_size('%s'::regclass)))""".formatted(PAGES, table);
    }
}
