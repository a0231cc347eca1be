package io.psycache.internal.store.maintenance;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.Sessions;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.schema.SchemaException;
import io.psycache.internal.store.schema.SchemaInitializer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** Looks at the tables from outside: whether they are usable, and what they hold, estimated. Thread-safe. */
public final class ContentsStore {
    private final Sessions sessions;
    private final ContentsStatements sql;
    private final SchemaInitializer schema;

    public ContentsStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this.sessions = new Sessions(dataSource, timeout);
        this.sql = new ContentsStatements(tables);
        this.schema = new SchemaInitializer(tables);
    }

    /** What each cache holds; that of entries without a cache has an empty name. */
    public List<CacheRows> entries() {
        return sessions.inTime("estimate the entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.entries());
                    ResultSet rows = statement.executeQuery()) {
                List<CacheRows> caches = new ArrayList<>();
                while (rows.next()) {
                    caches.add(new CacheRows(rows.getString(1), rows.getLong(2), rows.getLong(3), rows.getLong(4)));
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

    /** Some keys of a cache, as they are stored, whose time has not ended; in the order of the table. */
    public List<String> keys(String cache, int limit) {
        return sessions.inTime("list keys of a cache", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.keys())) {
                statement.setString(1, Tags.ofCache(cache));
                statement.setInt(2, limit);
                return texts(statement);
            }
        });
    }

    private static List<String> texts(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
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

    /**
     * Checks that the tables are there as the cache needs them, and can be read. Makes nothing.
     *
     * @throws SchemaException if they are not
     */
    public void check() {
        sessions.inTime("check the tables of the cache", connection -> {
            schema.check(connection);
            return touched(connection);
        });
    }

    private boolean touched(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql.touch());
        }
    }

    /**
     * What one cache has.
     *
     * @param expired rows whose time has ended
     * @param bytes what the values take in the table
     */
    public record CacheRows(String name, long rows, long expired, long bytes) {}
}
