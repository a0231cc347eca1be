package io.psycache.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Estimates what the tables hold. Thread-safe. */
public final class ContentsStore {
    private final Sessions sessions;
    private final ContentsStatements sql;

    public ContentsStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.sessions = new Sessions(dataSource, timeout);
        this.sql = new ContentsStatements(tables);
    }

    /** What each cache holds; that of entries without a cache has an empty name. */
    public List<CacheRows> entries() {
        return sessions.own("estimate the entries", connection -> {
            try (PreparedStatement statement = prepared(connection, sql.entries());
                    ResultSet rows = statement.executeQuery()) {
                List<CacheRows> caches = new ArrayList<>();
                while (rows.next()) {
                    caches.add(new CacheRows(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                }
                return caches;
            }
        });
    }

    /** How many rows the log of invalidations has. */
    public long invalidations() {
        return sessions.own("estimate the invalidation log", connection -> {
            try (PreparedStatement statement = prepared(connection, sql.invalidations())) {
                return EntryStore.number(statement);
            }
        });
    }

    private PreparedStatement prepared(Connection connection, String text) throws SQLException {
        return sessions.bounded(connection.prepareStatement(text));
    }

    /** @param bytes what the values take in the table */
    public record CacheRows(String name, long rows, long bytes) {}
}
