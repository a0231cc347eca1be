package io.psycache.store;

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

    public MaintenanceStore(DataSource dataSource, CacheTables tables) {
        this.sessions = new Sessions(dataSource, Duration.ofSeconds(1));
        this.sql = new MaintenanceStatements(tables, new EntryStatements(tables));
        this.epoch = new EpochTable(tables);
    }

    /** How many pages the table of entries has now. */
    public long pages() {
        return sessions.own("measure the cache table", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.pages())) {
                return EntryStore.number(statement);
            }
        });
    }

    /**
     * The epoch and the snapshot of this moment. Where a crash has ended the epoch, the next one is begun: nobody else does
     * it while all gets are in transactions.
     */
    public Optional<LoadToken> sample() {
        return sessions.own("take a snapshot", connection -> {
            Optional<LoadToken> sample = sample(connection);
            if (sample.isEmpty()) {
                epoch.renew(connection);
            }
            return sample;
        });
    }

    private Optional<LoadToken> sample(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.sample());
                ResultSet rows = statement.executeQuery()) {
            return rows.next()
                    ? Optional.of(new LoadToken(rows.getString(1), rows.getString(2), null))
                    : Optional.empty();
        }
    }

    /**
     * Deletes the rows on some pages that have expired or were invalidated by what {@code sample} shows.
     *
     * @param firstPage inclusive
     * @param endPage exclusive
     * @param sample a snapshot, or null to delete expired rows only
     */
    public Swept sweep(long firstPage, long endPage, @Nullable String sample) {
        return sessions.ownTransaction("sweep the cache table", connection -> {
            lock(connection);
            try (PreparedStatement statement = connection.prepareStatement(sql.sweep())) {
                statement.setString(1, "(" + firstPage + ",0)");
                statement.setString(2, "(" + endPage + ",0)");
                statement.setString(3, sample);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    return new Swept(rows.getLong(1), rows.getLong(2));
                }
            }
        });
    }

    /**
     * Stores {@code sample} as collected and deletes the log that it shows; does nothing where its epoch is over.
     *
     * @return how many rows of the log were deleted
     */
    public long collect(LoadToken sample) {
        return sessions.ownTransaction("collect the invalidation log", connection -> {
            lock(connection);
            try (PreparedStatement statement = connection.prepareStatement(sql.collect())) {
                statement.setString(1, sample.snapshot());
                statement.setString(2, sample.epoch());
                statement.setString(3, sample.snapshot());
                return EntryStore.number(statement);
            }
        });
    }

    private void lock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.lock())) {
            statement.execute();
        }
    }

    /**
     * Rows of a range of pages.
     *
     * @param ended rows found that have ended
     * @param deleted those of them that were deleted; the others were locked
     */
    public record Swept(long ended, long deleted) {}
}
