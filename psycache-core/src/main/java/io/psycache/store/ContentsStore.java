package io.psycache.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    /** When the last walk of the cleanup ended, on whatever node; empty before the first one of this epoch. */
    public Optional<Instant> lastCleanup() {
        return sessions.inTime("ask when the cleanup ran", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.lastCleanup());
                    ResultSet rows = statement.executeQuery()) {
                OffsetDateTime end = rows.next() ? rows.getObject(1, OffsetDateTime.class) : null;
                return Optional.ofNullable(end).map(OffsetDateTime::toInstant);
            }
        });
    }

    /** @param bytes what the values take in the table */
    public record CacheRows(String name, long rows, long bytes) {}
}
