package io.psycache.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
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
        return sessions.inTime("estimate the entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.entries());
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
        return sessions.inTime("estimate the invalidation log", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.invalidations())) {
                return EntryStore.number(statement);
            }
        });
    }

    /** @param bytes what the values take in the table */
    public record CacheRows(String name, long rows, long bytes) {}
}
