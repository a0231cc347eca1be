package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Reads and writes of entries, in batches: one statement for all requests, one request being a batch of one. A batch has no key
 * twice. Thread-safe.
 *
 * <p>In a transaction of the caller's on the same data source, reads are part of it, behind a savepoint; writes of entries
 * never are: they take a connection of their own.
 */
public final class EntryStore {
    private final Sessions sessions;
    private final EntryStatements sql;
    private final EntryReads reads;

    /** @param timeout what a statement outside a transaction may take */
    public EntryStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this(new Sessions(dataSource, timeout), new EntryStatements(tables), new EpochTable(tables));
    }

    private EntryStore(Sessions sessions, EntryStatements sql, EpochTable epoch) {
        this(sessions, sql, new EntryReads(sql, epoch));
    }

    private EntryStore(Sessions sessions, EntryStatements sql, EntryReads reads) {
        this.sessions = sessions;
        this.sql = sql;
        this.reads = reads;
    }

    /** A view whose statements outside a transaction end at {@code deadline}, as {@link System#nanoTime()}. */
    public EntryStore until(long deadline) {
        return new EntryStore(sessions.until(deadline), sql, reads);
    }

    /** Whether this thread is in a transaction on the data source. */
    public boolean inTransaction() {
        return sessions.inTransaction();
    }

    /** Whether this thread is in a transaction that has not completed, and is not one on the data source. */
    public boolean inForeignTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive()
                && !sessions.inTransaction();
    }

    /** {@link #inForeignTransaction}, of one that is declared to have one snapshot, which may be older than a token taken now. */
    public boolean inForeignSnapshot() {
        Integer level = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        return level != null && level >= TransactionDefinition.ISOLATION_REPEATABLE_READ && inForeignTransaction();
    }

    /** Whether an error has aborted the transaction of this thread: PostgreSQL rolls it back, whatever its end is called. */
    public boolean isAborted() {
        return sessions.inTransaction() && sessions.callers("look at a transaction", Sessions::isAborted);
    }

    /** What is found, in the order of {@code keys}. */
    public List<GetResult> get(List<String> keys, Joining joining) {
        if (keys.isEmpty()) {
            return List.of();
        }
        if (!sessions.inTransaction()) {
            return sessions.inTime(getting(keys), connection -> reads.outside(connection, keys));
        }
        return joining.isPossible()
                ? sessions.callers(getting(keys), connection -> reads.inside(connection, keys, joining))
                : EntryReads.bypassed(keys);
    }

    /**
     * {@link #get}, outside a transaction, for a caller that can load again in the background: with the entries whose time has ended
     * and that are still kept, the time each has left, and a token for each key.
     */
    public List<GetResult> getAging(List<String> keys) {
        return sessions.inTime(getting(keys), connection -> reads.aging(connection, keys));
    }

    private static String getting(List<String> keys) {
        return "get " + keys.size() + " cache entries";
    }

    /** A token for a load that begins now; null where its result must not be put. */
    public @Nullable LoadToken token(Joining joining) {
        Joining effective = sessions.inTransaction() ? joining : Joining.ALWAYS;
        return effective.isPossible()
                ? sessions.current("take a load token", connection -> reads.token(connection, effective))
                        .orElse(null)
                : null;
    }

    /**
     * A token for a truth that will be made, in a transaction also for its own writes ({@link InvalidationLog#invalidateForPut});
     * null where what is made must not be put.
     */
    public @Nullable LoadToken moment(Joining joining) {
        if (!sessions.inTransaction()) {
            return token(joining);
        }
        return joining.isPossible()
                ? sessions.callers("take a token", connection -> reads.moment(connection, joining))
                        .orElse(null)
                : null;
    }

    /**
     * Stores new truths, and what was loaded and not invalidated since its token; each kind in one statement.
     *
     * @return the keys stored, with the sizes of their values in bytes
     * @throws UnstorableValueException if PostgreSQL refuses a value; none of its kind is stored
     */
    public Map<String, Integer> put(List<PutRequest> requests) {
        if (requests.size() == 1) {
            return put(requests.get(0).kind(), requests);
        }
        Map<String, Integer> stored = new HashMap<>();
        requests.stream()
                .collect(Collectors.groupingBy(PutRequest::kind))
                .forEach((kind, alike) -> stored.putAll(put(kind, alike)));
        return stored;
    }

    private Map<String, Integer> put(PutRequest.Kind kind, List<PutRequest> requests) {
        return switch (kind) {
            case NOW -> putNow(requests);
            case TRUTH -> write(sql.putTruth(), requests);
            case MADE -> write(sql.putMade(), requests);
            case LOADED -> write(sql.putLoaded(), requests);
        };
    }

    private Map<String, Integer> putNow(List<PutRequest> requests) {
        return requests.size() == 1
                ? write(sql.putNowOne(), requests, statement -> EntryArrays.bindNow(statement, requests.get(0)))
                : write(sql.putNow(), requests, statement -> EntryArrays.bindNow(statement, requests));
    }

    /** {@link #put} where there is no valid entry. */
    public Map<String, Integer> putIfAbsent(List<PutRequest> requests) {
        return requests.isEmpty() ? Map.of() : write(sql.putIfAbsent(), requests);
    }

    private Map<String, Integer> write(String text, List<PutRequest> requests) {
        return write(text, requests, statement -> EntryArrays.bind(statement, requests));
    }

    private Map<String, Integer> write(String text, List<PutRequest> requests, Savepoint.Binding binding) {
        return sessions.inTime("put " + requests.size() + " cache entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(text)) {
                binding.bind(statement);
                return sizes(statement.executeQuery());
            } catch (SQLException e) {
                throw refused(connection, requests, e);
            }
        });
    }

    private static Map<String, Integer> sizes(ResultSet rows) throws SQLException {
        try (rows) {
            Map<String, Integer> sizes = new HashMap<>();
            while (rows.next()) {
                sizes.put(rows.getString(1), rows.getInt(2));
            }
            return sizes;
        }
    }

    /** Which value it was that PostgreSQL refused; the failure itself where it was none of them. */
    private static SQLException refused(Connection connection, List<PutRequest> requests, SQLException cause)
            throws SQLException {
        if (!SqlErrors.isAboutData(cause)) {
            return cause;
        }
        if (requests.size() == 1) {
            throw new UnstorableValueException(
                    requests.get(0).key(), "PostgreSQL refuses it: " + SqlErrors.reason(cause), cause);
        }
        int half = requests.size() / 2;
        SQLException first = jsonFailure(connection, requests.subList(0, half));
        if (first != null) {
            return refused(connection, requests.subList(0, half), first);
        }
        SQLException second = jsonFailure(connection, requests.subList(half, requests.size()));
        return second == null ? cause : refused(connection, requests.subList(half, requests.size()), second);
    }

    private static @Nullable SQLException jsonFailure(Connection connection, List<PutRequest> requests)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(EntryStatements.JSON)) {
            EntryArrays.bindJson(statement, requests);
            statement.execute();
            return null;
        } catch (SQLException e) {
            if (SqlErrors.isAboutData(e)) {
                return e;
            }
            throw e;
        }
    }

    /** Whether a put of this request would be stored as far as invalidations go; nothing is stored. */
    public boolean isCurrent(PutRequest request) {
        return sessions.inTime("check a load token", connection -> {
            try (PreparedStatement statement = connection.prepareStatement("select " + sql.current())) {
                EntryArrays.bind(statement, List.of(request));
                try (ResultSet rows = statement.executeQuery()) {
                    return rows.next();
                }
            }
        });
    }

    /**
     * Adds {@code delta} to the integer under {@code key}, outside a transaction of the caller's.
     *
     * @param ttl applies when the counter starts; null = never expires
     * @return the new value; empty where the stored value is no integer of 64 bits
     * @throws UnstorableValueException if the result would not fit 64 bits
     */
    public OptionalLong increment(String key, long delta, @Nullable Duration ttl, List<String> tags) {
        return sessions.inTime("increment a cache entry", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.increment())) {
                statement.setString(1, key);
                statement.setLong(2, delta);
                statement.setObject(3, EntryArrays.micros(ttl), Types.BIGINT);
                EntryArrays.bind(statement, 4, tags);
                try (ResultSet rows = statement.executeQuery()) {
                    return rows.next() ? OptionalLong.of(rows.getLong(1)) : OptionalLong.empty();
                }
            } catch (SQLException e) {
                if (SqlErrors.isOutOfRange(e)) {
                    throw new UnstorableValueException(key, "adding " + delta + " would not fit 64 bits", e);
                }
                throw e;
            }
        });
    }

    /** How many of the keys have a valid entry. */
    public long countValid(List<String> keys, Joining joining) {
        if (sessions.inTransaction()) {
            return get(keys, joining).stream()
                    .filter(result -> result.entry() != null)
                    .count();
        }
        return sessions.inTime("count cache entries", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.countValid())) {
                EntryArrays.bind(statement, 1, keys);
                return number(statement);
            }
        });
    }

    public static long number(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
