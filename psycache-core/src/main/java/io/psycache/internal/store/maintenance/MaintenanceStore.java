package io.psycache.internal.store.maintenance;

import static io.psycache.internal.store.session.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.session.ConnectionTemplate.query;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryArrays;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.Validation;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import java.sql.Types;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;

/** Deletes expired and invalidated entries in short transactions, of which one runs at a time on all nodes. Thread-safe. */
public final class MaintenanceStore {
    private final DataSource dataSource;
    private final Session session;
    private final CacheTables tables;
    private final EpochTable epoch;
    private final String alone;
    private final String sweep;

    /** @param timeout the longest time of one of the transactions */
    public MaintenanceStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.dataSource = dataSource;
        this.session = new Sessions(dataSource, timeout)::inTime;
        this.tables = tables;
        this.epoch = new EpochTable(tables);
        this.alone = """
                select pg_try_advisory_xact_lock(hashtext('psycache sweep'), '%2$s'::regclass::oid::int),
                       set_config('statement_timeout', '%1$d', true),
                       set_config('idle_in_transaction_session_timeout', '%1$d', true)""".formatted(timeout.toMillis(), tables.entries());
        this.sweep = """
                with ended as materialized (
                       select e.ctid as tid from %1$s e cross join (select ?::tid, ?::tid, ?::pg_snapshot) as r (first, past, sample)
                        where e.ctid >= r.first and e.ctid < r.past
                          and (not %3$s or r.sample is not null and %2$s)),
                     free as (select e.ctid as tid from %1$s e where e.ctid = any (array(select tid from ended))
                                 for update skip locked),
                     gone as (delete from %1$s e where e.ctid = any (array(select tid from free))
                              returning e.key, %3$s as kept, e.xmin::text::bigint as xid),
                     written as (select gone.key, (now.xid - (now.xid - gone.xid & 4294967295))::text::xid8 as xid
                                   from gone, (select pg_snapshot_xmax(pg_current_snapshot())::text::bigint) now (xid)
                                  where not gone.kept),
                     logged as (insert into %4$s (tag, xid)
                                select '%6$s' || w.key, w.xid from written w, %5$s p
                                 where p.collected is null or not pg_visible_in_snapshot(w.xid, p.collected))
                select (select count(*) from ended), (select count(*) from gone)""".formatted(
                tables.entries(),
                new Validation(tables)
                        .invalidated("e.key", "e.tags", "e.snapshot", "pg_visible_in_snapshot(i.xid, r.sample)"),
                Validation.KEPT,
                tables.invalidations(),
                tables.epoch(),
                Tags.KEY_NAMESPACE);
    }

    /** How many pages the table of entries has now. */
    public long pages() {
        return pages(tables.entries());
    }

    /** How many pages the log has now. */
    public long logPages() {
        return pages(tables.invalidations());
    }

    private long pages(String table) {
        String sql = "select pg_relation_size('%s'::regclass) / current_setting('block_size')::int".formatted(table);
        return session.query(
                "measure the cache table", jdbc -> jdbc.query(sql, NUMBER).get(0));
    }

    /**
     * Begins a walk over the table. It takes a sample if there is none, or if the clock was set back. If a crash has ended the epoch,
     * it begins the next epoch with empty tables instead: nobody else does while all gets are in transactions.
     *
     * @param logRetention the least age of a sample that may be collected
     * @param recently the time within which an earlier walk counts for {@link Walk#hasEndedRecently}
     */
    public Optional<Walk> begin(Duration logRetention, Duration recently) {
        return session.run("begin to sweep the cache table", connection -> {
            List<Walk> walks = query(connection, jdbc -> walks(jdbc, logRetention, recently));
            if (walks.isEmpty()) {
                epoch.renew(connection);
            }
            return walks.stream().findFirst();
        });
    }

    private List<Walk> walks(JdbcTemplate jdbc, Duration logRetention, Duration recently) {
        return jdbc.query(
                """
                with taken as (
                       update %1$s p set sample = pg_current_snapshot(), sampled_at = clock_timestamp()
                        where p.sample is null or p.sampled_at > clock_timestamp())
                select p.epoch,
                       case when p.sampled_at <= clock_timestamp() - ? * interval '1 microsecond' then p.sample end,
                       coalesce(p.swept_at between clock_timestamp() - ? * interval '1 microsecond'
                                               and clock_timestamp(), false)
                  from %1$s p""".formatted(tables.epoch()),
                (row, number) -> new Walk(row.getString(1), row.getString(2), row.getBoolean(3)),
                EntryArrays.micros(logRetention),
                EntryArrays.micros(recently));
    }

    /**
     * Deletes the rows on some pages that have expired or were invalidated by what {@code sample} shows.
     *
     * <p>An expired row may be of a put that logged nothing, and refuses loads that began before it. So its key is logged with the
     * transaction id of the put, as if the put had done so, unless these loads are refused by what was collected. With the id of
     * the cleanup, puts and increments that began during the cleanup would be lost.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @param sample a snapshot, or null to delete expired rows only
     * @return empty if another node is sweeping or collecting
     */
    public Optional<Swept> sweep(long firstPage, long endPage, @Nullable String sample) {
        return alone(
                "sweep the cache table",
                jdbc -> jdbc.query(
                                sweep,
                                (row, number) -> new Swept(row.getLong(1), row.getLong(2)),
                                tid(firstPage),
                                tid(endPage),
                                text(sample))
                        .get(0));
    }

    /**
     * Notes the end of {@code walk}. If its sample is still the current one, the log up to it is collected now, and this takes the
     * next sample.
     *
     * @param isWhole whether the walk has deleted every entry that its sample has invalidated, so that the log up to it can be
     *     collected
     */
    public void end(Walk walk, boolean isWhole) {
        String sql = """
                update %s p
                   set swept_at = clock_timestamp(),
                       collected = coalesce(r.sample, p.collected),
                       sample = case when r.sample is null then p.sample else pg_current_snapshot() end,
                       sampled_at = case when r.sample is null then p.sampled_at else clock_timestamp() end
                  from (select ?::uuid, ?::pg_snapshot) as r (epoch, sample)
                 where p.epoch = r.epoch and (r.sample is null or p.sample::text = r.sample::text)""".formatted(tables.epoch());
        session.query(
                "end the sweep of the cache table",
                jdbc -> jdbc.update(sql, walk.epoch(), text(isWhole ? walk.sample() : null)));
    }

    /**
     * Deletes the rows on some pages of the log that are collected.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @return how many; empty if another node is sweeping or collecting
     */
    public Optional<Integer> collect(long firstPage, long endPage) {
        String sql = """
                delete from %s i using %s p
                 where i.ctid >= ?::tid and i.ctid < ?::tid and pg_visible_in_snapshot(i.xid, p.collected)""".formatted(tables.invalidations(), tables.epoch());
        return alone("collect the invalidation log", jdbc -> jdbc.update(sql, tid(firstPage), tid(endPage)));
    }

    /** Deletes expired leases, whose owners are gone. */
    public void deleteLeases() {
        String sql = "delete from %s where until <= clock_timestamp()".formatted(tables.leases());
        session.query("delete expired leases", jdbc -> jdbc.update(sql));
    }

    private static String tid(long page) {
        return "(" + page + ",0)";
    }

    /** With its type: of a null without one the template would ask the driver's meta data. */
    private static SqlParameterValue text(@Nullable String value) {
        return new SqlParameterValue(Types.VARCHAR, value);
    }

    /**
     * A batch in the only transaction that sweeps or collects. It cannot hang: the server cancels a statement that takes longer than
     * the timeout, and ends the transaction of a node that is gone.
     */
    private <T> Optional<T> alone(String task, Function<JdbcTemplate, T> batch) {
        return Sessions.ownTransaction(
                task, dataSource, jdbc -> isAlone(jdbc) ? Optional.of(batch.apply(jdbc)) : Optional.empty());
    }

    private boolean isAlone(JdbcTemplate jdbc) {
        return jdbc.query(alone, (row, number) -> row.getBoolean(1)).get(0);
    }

    /**
     * A walk over the table.
     *
     * @param sample this walk can collect what the log shows in this snapshot; null = nothing is old enough
     * @param hasEndedRecently whether another walk has, on whatever node
     */
    public record Walk(String epoch, @Nullable String sample, boolean hasEndedRecently) {}

    /**
     * Rows of a range of pages.
     *
     * @param ended expired and invalidated rows found
     * @param deleted those of them that were deleted; the others were locked
     */
    public record Swept(long ended, long deleted) {}
}
