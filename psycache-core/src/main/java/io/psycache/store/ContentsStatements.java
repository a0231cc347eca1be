package io.psycache.store;

/** The SQL that estimates what the tables hold, at a cost that does not grow with them. */
final class ContentsStatements {

    /** Of a table of as many pages every row is read, of a larger one a sample of about as many. */
    private static final int PAGES = 1_000;

    private final CacheTables tables;

    ContentsStatements(CacheTables tables) {
        this.tables = tables;
    }

    /** Columns: cache (empty for none), rows, bytes of the values. */
    String entries() {
        return """
                select coalesce((select substr(t, 3) from unnest(e.tags) t where starts_with(t, '%3$s') limit 1), '') as cache,
                       round(count(*) * 100 / %2$s), round(sum(pg_column_size(e.value)) * 100 / %2$s)
                  from %1$s e tablesample system (%2$s)
                 group by 1 order by 1""".formatted(tables.entries(), percentOf(tables.entries()), Tags.CACHE_NAMESPACE);
    }

    /** One number: rows. */
    String invalidations() {
        return "select round(count(*) * 100 / %2$s) from %1$s tablesample system (%2$s)"
                .formatted(tables.invalidations(), percentOf(tables.invalidations()));
    }

    /** One time: when the last walk of the cleanup ended, on whatever node. */
    String lastCleanup() {
        return "select swept_at from " + tables.epoch();
    }

    private static String percentOf(String table) {
        return """
                least(100, 100.0 * %d * current_setting('block_size')::int / greatest(1, pg_relation_size('%s'::regclass)))""".formatted(PAGES, table);
    }
}
