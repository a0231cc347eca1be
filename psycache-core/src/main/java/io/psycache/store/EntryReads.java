package io.psycache.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
        List<GetResult> results = System.nanoTime() - exactUntil < 0
                ? exact(connection, keys)
                : decided(connection, keys, quick(connection, keys));
        if (results.contains(GetResult.BYPASSED)) {
            epoch.renew(connection); // a crash has emptied the tables
        }
        return results;
    }

    /** Null where it is in doubt. */
    private List<@Nullable GetResult> quick(Connection connection, List<String> keys) throws SQLException {
        boolean one = keys.size() == 1;
        try (PreparedStatement statement = connection.prepareStatement(one ? sql.quickGetOne() : sql.quickGet())) {
            if (one) {
                statement.setString(1, keys.get(0));
            } else {
                EntryArrays.bind(statement, 1, keys);
            }
            return doubtfulResults(statement.executeQuery());
        }
    }

    /** Looks again, exactly, at what is in doubt. */
    private List<GetResult> decided(Connection connection, List<String> keys, List<@Nullable GetResult> seen)
            throws SQLException {
        List<String> doubtful = IntStream.range(0, keys.size())
                .filter(i -> seen.get(i) == null)
                .mapToObj(keys::get)
                .toList();
        Iterator<GetResult> exact = List.<GetResult>of().iterator();
        if (!doubtful.isEmpty()) {
            exactUntil = System.nanoTime() + EXACT_NANOS;
            exact = exact(connection, doubtful).iterator();
        }
        List<GetResult> results = new ArrayList<>(keys.size());
        for (GetResult result : seen) {
            results.add(result != null ? result : exact.next());
        }
        return results;
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

    private static List<@Nullable GetResult> doubtfulResults(ResultSet rows) throws SQLException {
        try (rows) {
            List<@Nullable GetResult> results = new ArrayList<>();
            while (rows.next()) {
                results.add(rows.getBoolean(6) ? null : result(rows));
            }
            return results;
        }
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
        byte[] json = row.getBytes(1);
        return json == null
                ? new GetResult(null, token(row.getString(4), row.getString(5)))
                : new GetResult(new StoredEntry(json, row.getInt(2), row.getString(3)), null);
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
