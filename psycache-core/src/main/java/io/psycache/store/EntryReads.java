package io.psycache.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads of entries and tokens on a given connection. */
final class EntryReads {
    private final EntryStatements sql;
    private final EpochTable epoch;

    EntryReads(EntryStatements sql, EpochTable epoch) {
        this.sql = sql;
        this.epoch = epoch;
    }

    List<GetResult> outside(Connection connection, List<String> keys) throws SQLException {
        List<GetResult> results = keys.size() == 1 ? getOne(connection, keys.get(0)) : getBatch(connection, keys);
        if (results.contains(GetResult.BYPASSED)) {
            epoch.renew(connection); // a crash has emptied the tables
        }
        return results;
    }

    private List<GetResult> getOne(Connection connection, String key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.getOne())) {
            statement.setString(1, key);
            return results(statement.executeQuery());
        }
    }

    private List<GetResult> getBatch(Connection connection, List<String> keys) throws SQLException {
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
                byte[] json = rows.getBytes(1);
                results.add(
                        json == null
                                ? new GetResult(null, token(rows.getString(4), rows.getString(5)))
                                : new GetResult(new StoredEntry(json, rows.getInt(2), rows.getString(3)), null));
            }
            return results;
        }
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
