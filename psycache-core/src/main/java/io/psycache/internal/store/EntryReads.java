package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.session.ConnectionTemplate.rows;

import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.store.GetResult.StoredEntry;
import io.psycache.internal.store.session.ConnectionTemplate;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import io.psycache.internal.store.session.SqlErrors;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads of entries and tokens. A call's keys are distinct. Gets outside a transaction are by hand: the template would make each a
 * third more garbage. Thread-safe.
 */
public final class EntryReads {

    /**
     * How long gets are exact at once after a doubtful entry: while an old writer is open, all entries of what has been invalidated
     * since are doubtful.
     */
    private static final long EXACT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final String GET = "get cache entries";
    private static final String TAKE_TOKEN = "take a token";
    /** A read of the cache must not hold up the caller's transaction for longer behind a lock of others on our tables. */
    private static final String SAVEPOINT = "savepoint psycache;set local lock_timeout = 50;";

    /** Back to the setting of the caller, which a release alone would not restore. The read has written nothing. */
    private static final String UNDO = "rollback to savepoint psycache;release savepoint psycache";

    private final EntryStatements sql;
    private final EpochTable epoch;
    private final boolean isApart;
    private volatile String lastEpoch = "";
    private volatile long exactUntil = System.nanoTime();

    /** By the driver's connection, the epoch that its first get has read, for the tokens of later misses. A crash ends connections. */
    private final Map<Connection, String> epochs = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param isApart whether the thread chooses the database or the schema: then the epoch of a connection is not known */
    public EntryReads(CacheTables tables, boolean isApart) {
        this.isApart = isApart;
        this.sql = new EntryStatements(tables);
        this.epoch = new EpochTable(tables);
    }

    /** The results outside a transaction, in the order of {@code keys}; a miss has the token of this statement. */
    public List<GetResult> get(Session session, List<String> keys) {
        return session.run(GET, connection -> {
            List<GetResult> results =
                    System.nanoTime() - exactUntil < 0 ? exact(connection, keys) : quick(connection, keys);
            renewIfGone(connection, results);
            return results;
        });
    }

    /**
     * {@link #get} for a caller that can load again in the background, or keeps copies: also finds entries that have expired and are
     * kept, and has the tags of each, the time that it has left, and a token for each key.
     */
    public List<GetResult> getAging(Session session, List<String> keys) {
        return session.run(GET, connection -> {
            List<GetResult> results = query(connection, sql.agingGet, keys, EntryReads::agingResult);
            renewIfGone(connection, results);
            return results;
        });
    }

    private static GetResult agingResult(ResultSet row, int number) throws SQLException {
        StoredEntry entry = entry(row);
        return new GetResult(entry == null ? null : whole(entry, row), token(row.getString(4), row.getString(5)));
    }

    private static StoredEntry whole(StoredEntry entry, ResultSet row) throws SQLException {
        List<String> tags =
                Arrays.asList((String[]) row.getArray(6).getArray()); // one that is null was written by hand
        long micros = row.getLong(7);
        Duration remaining = row.wasNull() ? null : Duration.of(micros, ChronoUnit.MICROS);
        return new StoredEntry(entry.json(), entry.size(), entry.type(), remaining, tags, null);
    }

    /** A crash of the server has emptied the tables where a miss has no epoch. */
    private void renewIfGone(Connection connection, List<GetResult> results) {
        if (results.contains(GetResult.NO_EPOCH)) {
            epoch.renew(connection);
        }
    }

    /**
     * The next get of each connection asks for the epoch: a put under the token of a miss was refused. If another epoch has begun
     * since, no put under the one that is known would be stored.
     */
    void forgetEpochs() {
        epochs.clear();
    }

    /** Another one than before: the other connections know one that has ended. */
    private void noteEpoch(String current) {
        if (!current.equals(lastEpoch)) {
            forgetEpochs();
            lastEpoch = current;
        }
    }

    private List<GetResult> quick(Connection connection, List<String> keys) throws SQLException {
        String known = epochs.get(connection.unwrap(BaseConnection.class));
        return known == null || keys.size() > 1 ? many(connection, keys, known) : one(connection, keys, known);
    }

    private List<GetResult> one(Connection connection, List<String> keys, String known) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.quickGetOne)) {
            statement.setString(1, keys.get(0));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                if (!rows.getBoolean(4)) {
                    return List.of(resultOf(rows, known, rows.getString(5)));
                }
            }
        }
        return exactFromNow(connection, keys);
    }

    private List<GetResult> many(Connection connection, List<String> keys, @Nullable String known) throws SQLException {
        List<String> doubtful = new ArrayList<>(0);
        Map<String, GetResult> found = new HashMap<>();
        String text = known == null ? sql.quickGetWithEpoch : sql.quickGet;
        Token token = query(connection, text, keys, (row, number) -> {
                    if (row.getBoolean(4)) {
                        doubtful.add(row.getString(6));
                    } else if (row.getString(6) != null) { // null where no key has an entry
                        found.put(row.getString(6), new GetResult(entry(row), null));
                    }
                    return number > 0 ? null : token(known == null ? row.getString(7) : known, row.getString(5));
                })
                .get(0);
        if (known == null && token instanceof LoadToken fresh && !isApart) {
            noteEpoch(fresh.epoch());
            epochs.put(connection.unwrap(BaseConnection.class), fresh.epoch());
        }
        if (!doubtful.isEmpty()) {
            Iterator<GetResult> exact = exactFromNow(connection, doubtful).iterator();
            doubtful.forEach(key -> found.put(key, exact.next()));
        }
        GetResult miss = new GetResult(null, token);
        return keys.stream().map(key -> found.getOrDefault(key, miss)).toList();
    }

    private List<GetResult> exactFromNow(Connection connection, List<String> keys) throws SQLException {
        exactUntil = System.nanoTime() + EXACT_NANOS;
        return exact(connection, keys);
    }

    private List<GetResult> exact(Connection connection, List<String> keys) throws SQLException {
        return query(connection, sql.get(SerializableAccess.JOIN), keys, EntryReads::result);
    }

    private static <T> List<T> query(Connection connection, String text, List<String> keys, RowMapper<T> mapper)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            EntryArrays.bind(statement, 1, keys);
            statement.execute();
            return rows(statement, mapper);
        }
    }

    /**
     * The results in the caller's transaction, behind a savepoint: misses whose values must not be stored where it is aborted, or where
     * others have locked the tables.
     */
    public List<GetResult> getInside(Session session, List<String> keys, SerializableAccess access) {
        return session.run(GET, connection -> {
            if (Sessions.isAborted(connection)) {
                return skipped(keys, SkipReason.TRANSACTION_ABORTED);
            }
            List<GetResult> results = behindSavepoint(connection, sql.get(access), keys, EntryReads::result);
            return results == null ? skipped(keys, SkipReason.TABLES_LOCKED) : results;
        });
    }

    /** Misses whose values must not be stored. */
    public static List<GetResult> skipped(List<String> keys, SkipReason reason) {
        return Collections.nCopies(keys.size(), GetResult.skipped(reason));
    }

    private static GetResult result(ResultSet row, int number) throws SQLException {
        return resultOf(row, row.getString(4), row.getString(5));
    }

    private static GetResult resultOf(ResultSet row, @Nullable String epoch, @Nullable String snapshot)
            throws SQLException {
        StoredEntry entry = entry(row);
        return new GetResult(entry, entry == null ? token(epoch, snapshot) : null);
    }

    /** The first three columns of a get. */
    private static @Nullable StoredEntry entry(ResultSet row) throws SQLException {
        byte[] json = row.getBytes(1);
        return json == null ? null : new StoredEntry(json, row.getInt(2), row.getString(3), null, null, null);
    }

    private static Token token(@Nullable String epoch, @Nullable String snapshot) {
        if (epoch == null) {
            return new Token.Skip(snapshot == null ? SkipReason.SERIALIZABLE : SkipReason.EMPTIED_TABLES);
        }
        return snapshot == null ? new Token.Skip(SkipReason.TRANSACTION_HAS_WRITTEN) : new LoadToken(epoch, snapshot);
    }

    private static Token token(ResultSet row, int number) throws SQLException {
        return token(row.getString(1), row.getString(2));
    }

    /** A token for a load that begins now, outside a transaction. */
    public Token token(Session session) {
        String text = sql.token(SerializableAccess.JOIN);
        Token token =
                session.query(TAKE_TOKEN, jdbc -> first(jdbc.query(text, EntryReads::token), SerializableAccess.JOIN));
        if (token instanceof LoadToken fresh) {
            noteEpoch(fresh.epoch());
        }
        return token;
    }

    private static Token first(List<Token> rows, SerializableAccess access) {
        return !rows.isEmpty()
                ? rows.get(0)
                : new Token.Skip(
                        access == SerializableAccess.JOIN ? SkipReason.EMPTIED_TABLES : SkipReason.SERIALIZABLE);
    }

    /** {@link #token} in the caller's transaction. */
    public Token tokenInside(Session session, SerializableAccess access) {
        return tokenInside(session, sql.token(access), access);
    }

    /** A token for a write that will be made in the caller's transaction, which may have written. */
    public Token moment(Session session, SerializableAccess access) {
        return tokenInside(session, sql.moment(access), access);
    }

    private static Token tokenInside(Session session, String text, SerializableAccess access) {
        return session.run(TAKE_TOKEN, connection -> {
            if (Sessions.isAborted(connection)) {
                return new Token.Skip(SkipReason.TRANSACTION_ABORTED);
            }
            List<Token> tokens = behindSavepoint(connection, text, null, EntryReads::token);
            return tokens == null ? new Token.Skip(SkipReason.TABLES_LOCKED) : first(tokens, access);
        });
    }

    /**
     * A query in a transaction of the caller's, in one round trip with a savepoint: if it fails, the transaction goes on.
     *
     * @return null if others have locked the tables
     */
    private static <T> @Nullable List<T> behindSavepoint(
            Connection connection, String text, @Nullable List<String> keys, RowMapper<T> mapper) throws SQLException {
        try {
            return ConnectionTemplate.query(
                    connection,
                    jdbc -> Objects.requireNonNull(jdbc.execute(
                            SAVEPOINT + text + ";" + UNDO, (PreparedStatement statement) -> {
                                if (keys != null) {
                                    EntryArrays.bind(statement, 1, keys);
                                }
                                statement.execute();
                                statement.getMoreResults();
                                statement.getMoreResults();
                                return rows(statement, mapper);
                            })));
        } catch (SQLException e) {
            rollBack(connection, e);
            if (SqlErrors.isLockTimeout(e)) {
                return null;
            }
            throw e;
        }
    }

    private static void rollBack(Connection connection, SQLException cause) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(UNDO);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** How many of the keys have a valid entry, outside a transaction. */
    public long countValid(Session session, List<String> keys) {
        return session.query(
                "count cache entries",
                jdbc -> jdbc.query(sql.countValid, NUMBER, EntryArrays.texts(keys))
                        .get(0));
    }
}
