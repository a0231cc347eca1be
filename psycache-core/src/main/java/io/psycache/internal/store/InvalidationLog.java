package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations: rows of the log, inserted in the caller's transaction where there is one, so that they commit or roll back
 * with the data. Outside a transaction the rows of the entries are deleted too, for readers that do not know the log.
 * Thread-safe.
 */
public final class InvalidationLog {
    private static final int ROWS_PER_DELETE = 5_000;

    private final Sessions sessions;
    private final LogStatements sql;

    public InvalidationLog(DataSource dataSource, CacheTables tables, Duration timeout) {
        this(new Sessions(dataSource, timeout), new LogStatements(tables));
    }

    private InvalidationLog(Sessions sessions, LogStatements sql) {
        this.sessions = sessions;
        this.sql = sql;
    }

    /** A view whose statements outside a transaction end at {@code deadline}, as {@link System#nanoTime()}. */
    public InvalidationLog until(long deadline) {
        return new InvalidationLog(sessions.until(deadline), sql);
    }

    /** Invalidates distinct keys outside a transaction. @return those that had a valid entry */
    public Set<String> remove(List<String> keys) {
        return sessions.inTime("remove " + keys.size() + " cache entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.remove())) {
                EntryArrays.bind(statement, 1, keys.stream().map(Tags::ofKey).toList());
                EntryArrays.bind(statement, 2, keys);
                return texts(statement);
            }
        });
    }

    private static Set<String> texts(PreparedStatement statement) throws SQLException {
        Set<String> texts = new HashSet<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** Invalidates every entry with one of the tags ({@link Tags}). */
    public void invalidate(List<String> tags) {
        sessions.current("invalidate cache entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.invalidate())) {
                EntryArrays.bind(statement, 1, tags);
                return statement.executeUpdate();
            }
        });
    }

    /**
     * Invalidates a key outside a transaction, for a put that follows.
     *
     * @param made taken before the value was made
     * @return the token of the put
     */
    public LoadToken removeForPut(String key, LoadToken made) {
        return sessions.inTime("replace a cache entry", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.removeForPut())) {
                statement.setString(1, key);
                statement.setString(2, Tags.ofKey(key));
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    return made.after(new LoadToken.OwnWrites(rows.getString(1), rows.getLong(2), true));
                }
            }
        });
    }

    /**
     * Invalidates keys in the caller's transaction.
     *
     * @return by key the token for a put of it after the commit; a key without one must not be put
     */
    public Map<String, LoadToken> invalidateForPut(List<String> keys, Joining joining) {
        List<String> tags = keys.stream().map(Tags::ofKey).toList();
        return sessions.callers("invalidate cache entries", connection -> logForPut(connection, tags, joining));
    }

    private Map<String, LoadToken> logForPut(Connection connection, List<String> tags, Joining joining)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.invalidateForPut(joining))) {
            EntryArrays.bind(statement, 1, tags);
            try (ResultSet rows = statement.executeQuery()) {
                return tokens(rows);
            }
        }
    }

    private static Map<String, LoadToken> tokens(ResultSet rows) throws SQLException {
        Map<String, LoadToken> tokens = new HashMap<>();
        while (rows.next()) {
            LoadToken token =
                    OwnSnapshot.token(rows.getString(2), rows.getString(3), rows.getString(4), rows.getLong(5));
            if (token != null) {
                tokens.put(Tags.keyOf(rows.getString(1)), token);
            }
        }
        return tokens;
    }

    /** Invalidates every entry whose key begins with {@code prefix}. @return rows deleted, 0 in a transaction */
    public long invalidatePrefix(String prefix) {
        boolean inTransaction = sessions.inTransaction();
        List<String> stored = StoredKeys.prefixes(prefix);
        sessions.current("invalidate a prefix of cache keys", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.invalidatePrefixes())) {
                EntryArrays.bind(statement, 1, stored);
                return statement.executeUpdate();
            }
        });
        return inTransaction ? 0 : stored.stream().mapToLong(this::deletePrefix).sum();
    }

    private long deletePrefix(String prefix) {
        long deleted = 0;
        Batch batch;
        String from = prefix;
        do {
            batch = deleteFrom(from, prefix);
            deleted += batch.rows;
            from = batch.last + '\u0001'; // no key has NUL, so nothing lies between
        } while (batch.rows == ROWS_PER_DELETE);
        return deleted;
    }

    private Batch deleteFrom(String from, String prefix) {
        return sessions.own("delete a prefix of cache keys", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.deletePrefix())) {
                statement.setString(1, from);
                statement.setString(2, KeyRange.end(prefix));
                statement.setInt(3, ROWS_PER_DELETE);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    return new Batch(rows.getInt(1), rows.getString(2));
                }
            }
        });
    }

    private record Batch(int rows, @Nullable String last) {}

    /** Whether a valid entry with the tag is visible. */
    public boolean anyValid(String tag, Joining joining) {
        Joining effective = sessions.inTransaction() ? joining : Joining.ALWAYS;
        if (!effective.isPossible()) {
            return false; // as a get there
        }
        SqlWork<Boolean> search = connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.anyValid(effective))) {
                statement.setString(1, tag);
                return isTrue(statement);
            }
        };
        String task = "look for valid cache entries"; // which may take long: it can be a walk over the table
        return sessions.inTransaction() ? sessions.callers(task, search) : sessions.own(task, search);
    }

    private static boolean isTrue(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            return rows.next() && rows.getBoolean(1);
        }
    }
}
