package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryArrays;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.Sessions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Deletes what has ended, in short transactions of which one runs at a time on all nodes. Thread-safe. */
public final class MaintenanceStore {
    private final Sessions sessions;
    private final MaintenanceStatements sql;
    private final EpochTable epoch;
    private final Duration timeout;

    /** @param timeout what one of the transactions may take */
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
        return sessions.inTime("measure the cache table", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                return EntryStore.number(statement);
            }
        });
    }

    /**
     * Where a walk over the table begins. Where a crash has ended the epoch, the next one begins instead, with empty tables:
     * nobody else begins it while all gets are in transactions.
     *
     * @param logRetention how old a sample must be that may be collected
     * @param recently how long ago a walk may have ended that {@link Walk#hasEndedRecently} tells of
     */
    public Optional<Walk> begin(Duration logRetention, Duration recently) {
        return sessions.inTime("begin to sweep the cache table", connection -> {
            Optional<Walk> walk = walk(connection, logRetention, recently);
            if (walk.isEmpty()) {
                epoch.renew(connection);
            }
            return walk;
        });
    }

    private Optional<Walk> walk(Connection connection, Duration logRetention, Duration recently) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.begin())) {
            statement.setObject(1, EntryArrays.micros(logRetention));
            statement.setObject(2, EntryArrays.micros(recently));
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(new Walk(rows.getString(1), rows.getString(2), rows.getBoolean(3)))
                        : Optional.empty();
            }
        }
    }

    /**
     * Deletes the rows on some pages that have expired or were invalidated by what {@code sample} shows.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @param sample a snapshot, or null to delete expired rows only
     * @return empty where another node is at it
     */
    public Optional<Swept> sweep(long firstPage, long endPage, @Nullable String sample) {
        return alone("sweep the cache table", sql.sweep(), statement -> {
            bindPages(statement, firstPage, endPage);
            statement.setString(3, sample);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return new Swept(rows.getLong(1), rows.getLong(2));
            }
        });
    }

    /**
     * Notes that {@code walk} has come to its end.
     *
     * @param isWhole whether it has deleted every entry that its sample has ended, so that the log up to then is collected
     */
    public void end(Walk walk, boolean isWhole) {
        sessions.inTime("end the sweep of the cache table", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.end())) {
                statement.setString(1, walk.epoch());
                statement.setString(2, isWhole ? walk.sample() : null);
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Deletes the rows on some pages of the log that are collected.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @return how many; empty where another node is at it
     */
    public Optional<Integer> collect(long firstPage, long endPage) {
        return alone("collect the invalidation log", sql.collect(), statement -> {
            bindPages(statement, firstPage, endPage);
            return statement.executeUpdate();
        });
    }

    /** Deletes the leases that have run out. */
    public void deleteLeases() {
        sessions.inTime("delete leases", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.deleteLeases())) {
                return statement.executeUpdate();
            }
        });
    }

    private static void bindPages(PreparedStatement statement, long firstPage, long endPage) throws SQLException {
        statement.setString(1, "(" + firstPage + ",0)");
        statement.setString(2, "(" + endPage + ",0)");
    }

    private <T> Optional<T> alone(String task, String text, Batch<T> batch) {
        return sessions.ownTransaction(task, connection -> {
            if (!isAlone(connection)) {
                return Optional.empty();
            }
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                return Optional.of(batch.run(statement));
            }
        });
    }

    private boolean isAlone(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.alone(timeout.toMillis()))) {
            statement.execute();
            statement.getMoreResults();
            statement.getMoreResults();
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                return rows.getBoolean(1);
            }
        }
    }

    /** Binds and runs the statement of one transaction. */
    private interface Batch<T> {
        T run(PreparedStatement statement) throws SQLException;
    }

    /**
     * A walk over the table.
     *
     * @param sample what the log shows in this snapshot can be collected by this walk; null = nothing is old enough
     * @param hasEndedRecently whether there has been another one, on whatever node
     */
    public record Walk(String epoch, @Nullable String sample, boolean hasEndedRecently) {}

    /**
     * Rows of a range of pages.
     *
     * @param ended rows found that have ended
     * @param deleted those of them that were deleted; the others were locked
     */
    public record Swept(long ended, long deleted) {}
}
