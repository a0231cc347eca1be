package io.psycache.internal.store.maintenance;

import static io.psycache.internal.store.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.ConnectionTemplate.template;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryArrays;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.Sessions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;

/** Deletes expired and invalidated entries in short transactions, of which one runs at a time on all nodes. Thread-safe. */
public final class MaintenanceStore {
    private final Sessions sessions;
    private final MaintenanceStatements sql;
    private final EpochTable epoch;
    private final Duration timeout;

    /** @param timeout the longest time of one of the transactions */
    public MaintenanceStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.sessions = new Sessions(dataSource, timeout);
        this.sql = new MaintenanceStatements(tables);
        this.epoch = new EpochTable(tables);
        this.timeout = timeout;
    }

    /** How many pages the table of entries has now. */
    public long pages() {
        return pages(sql.pages());
    }

    /** How many pages the log has now. */
    public long logPages() {
        return pages(sql.logPages());
    }

    private long pages(String text) {
        return sessions.inTime(
                "measure the cache table", template(jdbc -> Objects.requireNonNull(jdbc.queryForObject(text, NUMBER))));
    }

    /**
     * Begins a walk over the table. If a crash has ended the epoch, it begins the next epoch with empty tables instead: nobody
     * else does while all gets are in transactions.
     *
     * @param logRetention the least age of a sample that may be collected
     * @param recently the time within which an earlier walk counts for {@link Walk#hasEndedRecently}
     */
    public Optional<Walk> begin(Duration logRetention, Duration recently) {
        return sessions.inTime("begin to sweep the cache table", connection -> {
            Optional<Walk> walk =
                    template(jdbc -> walk(jdbc, logRetention, recently)).run(connection);
            if (walk.isEmpty()) {
                epoch.renew(connection);
            }
            return walk;
        });
    }

    private Optional<Walk> walk(JdbcTemplate jdbc, Duration logRetention, Duration recently) {
        return jdbc
                .query(
                        sql.begin(),
                        MaintenanceStore::walk,
                        EntryArrays.micros(logRetention),
                        EntryArrays.micros(recently))
                .stream()
                .findFirst();
    }

    private static Walk walk(ResultSet row, int number) throws SQLException {
        return new Walk(row.getString(1), row.getString(2), row.getBoolean(3));
    }

    /**
     * Deletes the rows on some pages that have expired or were invalidated by what {@code sample} shows.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @param sample a snapshot, or null to delete expired rows only
     * @return empty if another node is sweeping or collecting
     */
    public Optional<Swept> sweep(long firstPage, long endPage, @Nullable String sample) {
        return alone(
                "sweep the cache table",
                jdbc -> Objects.requireNonNull(jdbc.queryForObject(
                        sql.sweep(), MaintenanceStore::swept, tid(firstPage), tid(endPage), text(sample))));
    }

    private static Swept swept(ResultSet row, int number) throws SQLException {
        return new Swept(row.getLong(1), row.getLong(2));
    }

    /**
     * Notes the end of {@code walk}.
     *
     * @param isWhole whether the walk has deleted every entry that its sample has invalidated, so that the log up to it can be
     *     collected
     */
    public void end(Walk walk, boolean isWhole) {
        String collected = isWhole ? walk.sample() : null;
        sessions.inTime(
                "end the sweep of the cache table",
                template(jdbc -> jdbc.update(sql.end(), walk.epoch(), text(collected))));
    }

    /**
     * Deletes the rows on some pages of the log that are collected.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @return how many; empty if another node is sweeping or collecting
     */
    public Optional<Integer> collect(long firstPage, long endPage) {
        return alone("collect the invalidation log", jdbc -> jdbc.update(sql.collect(), tid(firstPage), tid(endPage)));
    }

    /** Deletes expired leases. */
    public void deleteLeases() {
        sessions.inTime("delete expired leases", template(jdbc -> jdbc.update(sql.deleteLeases())));
    }

    private static String tid(long page) {
        return "(" + page + ",0)";
    }

    /** With its type: of a null without one the template would ask the driver's meta data. */
    private static SqlParameterValue text(@Nullable String value) {
        return new SqlParameterValue(Types.VARCHAR, value);
    }

    private <T> Optional<T> alone(String task, Function<JdbcTemplate, T> batch) {
        return sessions.ownTransaction(
                task, template(jdbc -> isAlone(jdbc) ? Optional.of(batch.apply(jdbc)) : Optional.empty()));
    }

    private boolean isAlone(JdbcTemplate jdbc) {
        return Boolean.TRUE.equals(
                jdbc.queryForObject(sql.alone(timeout.toMillis()), (row, number) -> row.getBoolean(1)));
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
