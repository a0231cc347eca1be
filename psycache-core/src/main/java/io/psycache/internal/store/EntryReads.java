package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads of entries and tokens on a given connection. */
final class EntryReads {

    /**
     * For so long after a doubtful entry gets are exact at once: while an old writer is open, entries of what has been invalidated
     * since are all doubtful.
     */
    private static final long EXACT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final EntryStatements sql;
    private final EpochTable epoch;
    private volatile long exactUntil = System.nanoTime();

    EntryReads(EntryStatements sql, EpochTable epoch) {
        this.sql = sql;
        this.epoch = epoch;
    }

    List<GetResult> outside(Connection connection, List<String> keys) throws SQLException {
        List<GetResult> results =
                System.nanoTime() - exactUntil < 0 ? exact(connection, keys) : decided(connection, keys);
        renewIfGone(connection, results);
        return results;
    }

    /** What is kept, whether its time has ended or not, each with a token. */
    List<GetResult> aging(Connection connection, List<String> keys) throws SQLException {
        List<GetResult> results = new ArrayList<>(keys.size());
        try (PreparedStatement statement = connection.prepareStatement(sql.agingGet())) {
            EntryArrays.bind(statement, 1, keys);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    results.add(agingResult(rows));
                }
            }
        }
        renewIfGone(connection, results);
        return results;
    }

    private static GetResult agingResult(ResultSet row) throws SQLException {
        LoadToken token = token(row.getString(4), row.getString(5));
        byte[] json = row.getBytes(1);
        long micros = row.getLong(6);
        Duration remaining = row.wasNull() ? null : Duration.of(micros, ChronoUnit.MICROS);
        return new GetResult(
                json == null ? null : new StoredEntry(json, row.getInt(2), row.getString(3), remaining), token);
    }

    private void renewIfGone(Connection connection, List<GetResult> results) {
        if (results.contains(GetResult.BYPASSED)) {
            epoch.renew(connection); // a crash has emptied the tables
        }
    }

    private List<GetResult> decided(Connection connection, List<String> keys) throws SQLException {
        List<String> doubtful = new ArrayList<>(0);
        Map<String, GetResult> found = quick(connection, keys, doubtful);
        if (!doubtful.isEmpty()) {
            exactUntil = System.nanoTime() + EXACT_NANOS;
            Iterator<GetResult> exact = exact(connection, doubtful).iterator();
            doubtful.forEach(key -> found.put(key, exact.next()));
        }
        GetResult miss = found.size() < keys.size() ? miss(connection) : GetResult.BYPASSED;
        List<GetResult> results = new ArrayList<>(keys.size());
        for (String key : keys) {
            results.add(found.getOrDefault(key, miss));
        }
        return results;
    }

    /** @param doubtful takes the keys whose entries are in doubt */
    private Map<String, GetResult> quick(Connection connection, List<String> keys, List<String> doubtful)
            throws SQLException {
        boolean one = keys.size() == 1;
        try (PreparedStatement statement = connection.prepareStatement(one ? sql.quickGetOne() : sql.quickGet())) {
            if (one) {
                statement.setString(1, keys.get(0));
            } else {
                EntryArrays.bind(statement, 1, keys);
            }
            return undoubted(statement.executeQuery(), doubtful);
        }
    }

    private static Map<String, GetResult> undoubted(ResultSet rows, List<String> doubtful) throws SQLException {
        try (rows) {
            Map<String, GetResult> found = new HashMap<>();
            while (rows.next()) {
                if (rows.getBoolean(5)) {
                    doubtful.add(rows.getString(4));
                } else {
                    found.put(rows.getString(4), new GetResult(entry(rows), null));
                }
            }
            return found;
        }
    }

    /** The token is taken after the look, which may be: what it must not be is later than the load. */
    private GetResult miss(Connection connection) throws SQLException {
        return token(connection, Joining.ALWAYS)
                .map(token -> new GetResult(null, token))
                .orElse(GetResult.BYPASSED);
    }

    private List<GetResult> exact(Connection connection, List<String> keys) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.get(Joining.ALWAYS))) {
            EntryArrays.bind(statement, 1, keys);
            return results(statement.executeQuery());
        }
    }

    List<GetResult> inside(Connection connection, List<String> keys, Joining joining) throws SQLException {
        return Sessions.isAborted(connection)
                ? bypassed(keys)
                : Savepoint.query(
                        connection,
                        sql.get(joining),
                        statement -> EntryArrays.bind(statement, 1, keys),
                        EntryReads::results);
    }

    static List<GetResult> bypassed(List<String> keys) {
        return Collections.nCopies(keys.size(), GetResult.BYPASSED);
    }

    private static List<GetResult> results(ResultSet rows) throws SQLException {
        try (rows) {
            List<GetResult> results = new ArrayList<>();
            while (rows.next()) {
                results.add(result(rows));
            }
            return results;
        }
    }

    private static GetResult result(ResultSet row) throws SQLException {
        StoredEntry entry = entry(row);
        return new GetResult(entry, entry == null ? token(row.getString(4), row.getString(5)) : null);
    }

    private static @Nullable StoredEntry entry(ResultSet row) throws SQLException {
        byte[] json = row.getBytes(1);
        return json == null ? null : new StoredEntry(json, row.getInt(2), row.getString(3), null);
    }

    private static @Nullable LoadToken token(@Nullable String epoch, @Nullable String snapshot) {
        return epoch == null || snapshot == null ? null : new LoadToken(epoch, snapshot, null);
    }

    Optional<LoadToken> token(Connection connection, Joining joining) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.token(joining))) {
            return token(statement.executeQuery());
        }
    }

    private static Optional<LoadToken> token(ResultSet rows) throws SQLException {
        try (rows) {
            return rows.next() ? Optional.ofNullable(token(rows.getString(1), rows.getString(2))) : Optional.empty();
        }
    }

    Optional<LoadToken> moment(Connection connection, Joining joining) throws SQLException {
        return Sessions.isAborted(connection)
                ? Optional.empty()
                : Savepoint.query(connection, sql.moment(joining), statement -> {}, EntryReads::token);
    }
}
