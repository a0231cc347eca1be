package io.psycache.internal.store;

import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the log of invalidations: what it shows now and did not show at an earlier look. Thread-safe.
 *
 * <p>Ranges of transaction ids end below {@code xmax}: beyond it a look would read rows that nobody can see yet. They are ordered, so
 * that they use the index on {@code xid} whatever the statistics are.
 */
public final class LogReads {

    /** A look that would return more rows than this returns none. */
    public static final int MOST_ROWS = 10_000;

    /** A plan that was made while the log was small may read all of it: 3 to 6 ms with 50,000 rows. Then it is made anew. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int FEW_ROWS = 100;

    private static final String LOOK = "look at the invalidation log";

    private volatile long plansForgotten = System.nanoTime();

    private final String unchanged;
    private final String first;
    private final String next;
    private final String nextWithRunning;

    public LogReads(CacheTables tables) {
        String ended = """
                array(select %s from %s i
                       where i.xid >= (select ?::text::xid8) and i.xid < pg_snapshot_xmax(pg_current_snapshot())
                       order by i.xid limit %d)""".formatted(name(), tables.invalidations(), MOST_ROWS + 1);
        String completed = """
                array(select i.name from unnest((select ?::text[])::xid8[]) r (xid), lateral (
                             select %s as name from %s i
                              where i.xid between r.xid and r.xid order by i.xid limit %d) i
                       where pg_visible_in_snapshot(r.xid, pg_current_snapshot()))""".formatted(name(), tables.invalidations(), MOST_ROWS + 1);
        this.unchanged = "select pg_current_snapshot(), p.epoch, p.tableoid from %s p".formatted(tables.epoch());
        this.first = look(tables, "null::text[], null::text[]");
        this.next = look(tables, ended + ", null::text[]");
        this.nextWithRunning = look(tables, ended + ", " + completed);
    }

    /** A prefix with the tag of all prefixes, which only begins other names of its kind. */
    private static String name() {
        return "case when i.prefix is null then i.tag else '%s:' || i.prefix end".formatted(Tags.PREFIX);
    }

    private static String look(CacheTables tables, String ended) {
        return """
                select pg_current_snapshot(), p.epoch, p.tableoid,
                       (extract(epoch from statement_timestamp()) * 1000)::bigint, pg_relation_filenode('%s'), p.collected, %s
                  from (select) one left join %s p on true""".formatted(tables.entries(), ended, tables.epoch());
    }

    /**
     * A moment of the log.
     *
     * @param epoch null after a crash, until somebody begins the next one
     * @param tables identity of the tables, which those of a dump restored in place do not have; null without an epoch
     */
    public record Moment(
            Snapshot snapshot,
            @Nullable String epoch,
            @Nullable String tables) {

        /** Whether the other is a later moment of the same tables. */
        public boolean precedes(Moment other) {
            return isOfTablesOf(other) && !other.snapshot.isOlderThan(snapshot);
        }

        private boolean isOfTablesOf(Moment other) {
            return epoch != null && epoch.equals(other.epoch) && Objects.equals(tables, other.tables);
        }
    }

    /**
     * The log now, and what has come since an earlier look.
     *
     * @param millis the database's clock, since 1970
     * @param file of the entries; another one after a {@code truncate}
     * @param collected what the log may lack; null = nothing
     * @param ended tags, and prefixes after the {@linkplain Tags#PREFIX tag of all prefixes}, in no order; null where there are too
     *     many
     */
    public record Look(
            Moment moment,
            long millis,
            long file,
            @Nullable Snapshot collected,
            @Nullable List<String> ended) {}

    /**
     * Looks at the log.
     *
     * @param base the last look; null = there was none, and this one returns no rows
     * @param quiet whether probably nothing has happened since: then this is asked first, at three quarters of the price
     * @return empty where no transaction has ended since {@code base}
     */
    public Optional<Look> look(Session session, @Nullable Moment base, boolean quiet) {
        return session.run(
                LOOK,
                connection -> quiet && base != null && isUnchanged(connection, base)
                        ? Optional.empty()
                        : Optional.of(next(connection, base)));
    }

    private boolean isUnchanged(Connection connection, Moment base) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(unchanged);
                ResultSet rows = statement.executeQuery()) {
            return rows.next()
                    && base.snapshot.text().equals(rows.getString(1))
                    && rows.getString(2).equals(base.epoch)
                    && rows.getString(3).equals(base.tables);
        }
    }

    private Look next(Connection connection, @Nullable Moment base) throws SQLException {
        long began = System.nanoTime();
        Look look = read(connection, base);
        boolean isSmall = look.ended != null && look.ended.size() < FEW_ROWS;
        if (isSmall && System.nanoTime() - began > SLOW_NANOS && System.nanoTime() - plansForgotten > PAUSE_NANOS) {
            plansForgotten = System.nanoTime();
            Sessions.forgetPlans(connection);
        }
        return look;
    }

    private Look read(Connection connection, @Nullable Moment base) throws SQLException {
        String[] running = base == null ? new String[0] : base.snapshot.running();
        String text = base == null ? first : running.length == 0 ? next : nextWithRunning;
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            if (base != null) {
                statement.setString(1, base.snapshot.end());
            }
            if (running.length > 0) {
                EntryArrays.bind(statement, 2, List.of(running));
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return look(rows);
            }
        }
    }

    private static Look look(ResultSet row) throws SQLException {
        String collected = row.getString(6);
        List<String> ended = new ArrayList<>(0);
        addTo(ended, row.getArray(7));
        addTo(ended, row.getArray(8));
        return new Look(
                new Moment(Snapshot.of(row.getString(1)), row.getString(2), row.getString(3)),
                row.getLong(4),
                row.getLong(5),
                collected == null ? null : Snapshot.of(collected),
                ended.size() > MOST_ROWS ? null : ended);
    }

    private static void addTo(List<String> ended, @Nullable Array array) throws SQLException {
        if (array != null) {
            ended.addAll(List.of((String[]) array.getArray()));
        }
    }
}
