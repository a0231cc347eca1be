package io.psycache.internal.store.maintenance;

import static io.psycache.internal.store.session.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.session.ConnectionTemplate.TEXT;
import static io.psycache.internal.store.session.ConnectionTemplate.query;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.Validation;
import io.psycache.internal.store.schema.Schema;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Checks the tables, and estimates what they hold, at a cost that does not grow with them. Thread-safe. */
public final class ContentsStore {

    /** Up to so many pages all rows of a table are read; of a larger table it is a sample of about as many pages. */
    private static final int PAGES = 1_000;

    private final Session session;
    private final CacheTables tables;
    private final Schema schema;

    public ContentsStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.session = new Sessions(dataSource, timeout)::inTime;
        this.tables = tables;
        this.schema = new Schema(tables);
    }

    /** The contents of each cache. The entries without a cache are under an empty name. */
    public List<CacheRows> entries() {
        String sql =
                """
                select coalesce((select substr(t, 3) from unnest(e.tags) t where starts_with(t, '%3$s') limit 1), '') as cache,
                       round(count(*) * 100 / %2$s),
                       round(count(*) filter (where not %4$s) * 100 / %2$s),
                       round(sum(pg_column_size(e.value)) * 100 / %2$s)
                  from %1$s e tablesample system (%2$s)
                 group by 1 order by 1""".formatted(tables.entries(), percentOf(tables.entries()), Tags.CACHE_NAMESPACE, Validation.KEPT);
        return session.query(
                "estimate the entries",
                jdbc -> jdbc.query(
                        sql,
                        (row, number) ->
                                new CacheRows(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4))));
    }

    /** How many rows the log of invalidations has. */
    public long invalidations() {
        String sql = "select round(count(*) * 100 / %2$s) from %1$s tablesample system (%2$s)"
                .formatted(tables.invalidations(), percentOf(tables.invalidations()));
        return session.query(
                "estimate the invalidation log", jdbc -> jdbc.query(sql, NUMBER).get(0));
    }

    /** Some keys of a cache that have not expired, as they are stored, in the order of the table. */
    public List<String> keys(String cache, int limit) {
        String sql = """
                select e.key from %1$s e tablesample system (%2$s)
                 where ? = any (e.tags) and %3$s
                 limit ?""".formatted(tables.entries(), percentOf(tables.entries()), Validation.ALIVE);
        return session.query("list keys of a cache", jdbc -> jdbc.query(sql, TEXT, Tags.ofCache(cache), limit));
    }

    private static String percentOf(String table) {
        return "least(100, 100.0 * %d * current_setting('block_size')::int / greatest(1, pg_relation_size('%s'::regclass)))"
                .formatted(PAGES, table);
    }

    /** When the last walk of the cleanup ended, on whatever node; empty before the first one of this epoch. */
    public Optional<Instant> lastCleanup() {
        String sql = "select swept_at from " + tables.epoch() + " where swept_at is not null";
        return session.query(
                "find the last cleanup",
                jdbc -> jdbc.query(sql, (row, number) -> row.getObject(1, OffsetDateTime.class)).stream()
                        .findFirst()
                        .map(OffsetDateTime::toInstant));
    }

    /**
     * Checks that the tables have the shape that the cache needs, and can be read. Changes nothing. A standby has no unlogged tables,
     * though its catalog has.
     *
     * @throws io.psycache.PsycacheSchemaException if they have not
     */
    public void check() {
        session.run("check the tables of the cache", connection -> {
            schema.check(connection);
            return query(connection, jdbc -> jdbc.queryForList("select from " + tables.all() + " where false"));
        });
    }

    /**
     * The contents of one cache.
     *
     * @param bytes size of the values in the table
     */
    public record CacheRows(String name, long rows, long expired, long bytes) {}
}
