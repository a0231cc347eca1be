package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.NUMBER;

import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.SqlErrors;
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
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.SqlParameterValue;

/**
 * Writes of entries outside transactions, in batches: one statement for all, a single one being a batch of one. A batch has no key
 * twice. Thread-safe.
 */
public final class EntryWrites {
    private static final String PUT = "put cache entries";

    private final EntryStatements sql;
    private final EntryReads reads;

    /** @param reads gave the tokens of puts */
    public EntryWrites(CacheTables tables, EntryReads reads) {
        this.sql = new EntryStatements(tables);
        this.reads = reads;
    }

    /**
     * Stores the puts whose condition holds, and releases the leases of all; each kind in one statement.
     *
     * @return the keys stored, with the sizes of their values in bytes
     * @throws UnstorableValueException if PostgreSQL refuses a value; none of its kind is stored, and no lease released
     */
    public Map<String, Integer> put(Session session, List<? extends Put> puts) {
        if (puts.size() == 1) {
            return write(session, text(puts), puts);
        }
        Map<String, Integer> stored = new HashMap<>();
        puts.stream()
                .collect(Collectors.groupingBy(put -> List.of(put.getClass(), isAgain(put))))
                .values()
                .forEach(alike -> stored.putAll(write(session, text(alike), alike)));
        return stored;
    }

    private String text(List<? extends Put> alike) {
        Put first = alike.get(0);
        if (first instanceof Put.Now) {
            return alike.size() == 1 ? sql.putNowOne : sql.putNow;
        }
        if (isAgain(first)) {
            return sql.putReloaded;
        }
        if (first instanceof Put.Loaded) {
            return EntryArrays.isLeased(alike) ? sql.putLoadedAndRelease : sql.putLoaded;
        }
        return first instanceof Put.Made ? sql.putMade : sql.putWritten;
    }

    private static boolean isAgain(Put put) {
        return put instanceof Put.Loaded loaded && loaded.isAgain();
    }

    /** Stores the entry unless there is a valid one. @return as of {@link #put} */
    public Map<String, Integer> putIfAbsent(Session session, Put.Now put) {
        return write(session, sql.putIfAbsent, List.of(put));
    }

    private Map<String, Integer> write(Session session, String text, List<? extends Put> puts) {
        try {
            Map<String, Integer> stored = session.run(PUT, connection -> {
                try (PreparedStatement statement = connection.prepareStatement(text)) {
                    EntryArrays.bind(statement, puts);
                    return sizes(statement.executeQuery());
                }
            });
            if (stored.size() < puts.size()) {
                reads.forgetEpochs();
            }
            return stored;
        } catch (DataAccessException e) {
            throw refused(session, puts, e);
        }
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

    /** The exception for the value that PostgreSQL refused; the failure itself where it was none of them. */
    private static RuntimeException refused(Session session, List<? extends Put> puts, DataAccessException failure) {
        if (!(failure.getCause() instanceof SQLException cause) || !SqlErrors.isAboutData(cause)) {
            return failure;
        }
        if (puts.size() == 1) {
            return new UnstorableValueException(
                    puts.get(0).key(), "PostgreSQL refuses it: " + SqlErrors.reason(cause), cause);
        }
        int half = puts.size() / 2;
        for (List<? extends Put> part : List.of(puts.subList(0, half), puts.subList(half, puts.size()))) {
            try {
                session.query(
                        PUT,
                        jdbc -> jdbc.query(
                                EntryStatements.JSON, statement -> EntryArrays.bindJson(statement, part), NUMBER));
            } catch (DataAccessException e) {
                return refused(session, part, e);
            }
        }
        return failure;
    }

    /** Whether {@code put} would be stored as far as invalidations go; nothing is stored. */
    public boolean isCurrent(Session session, Put put) {
        return session.query(
                "check a token",
                jdbc -> !jdbc.query(
                                "select 1 " + sql.current,
                                statement -> EntryArrays.bind(statement, List.of(put)),
                                NUMBER)
                        .isEmpty());
    }

    /**
     * Adds {@code delta} to the integer under {@code key}.
     *
     * @param ttl applies when the counter starts; null = never expires
     * @return the new value; empty where the stored value is no integer of 64 bits
     * @throws UnstorableValueException if the result would not fit 64 bits
     */
    public OptionalLong increment(Session session, String key, long delta, @Nullable Duration ttl, List<String> tags) {
        SqlParameterValue micros = new SqlParameterValue(Types.BIGINT, EntryArrays.micros(ttl));
        try {
            return session.query(
                    "increment a cache entry",
                    jdbc -> jdbc.query(sql.increment, NUMBER, key, delta, micros, EntryArrays.texts(tags)).stream()
                            .mapToLong(Long::longValue)
                            .findFirst());
        } catch (DataAccessException e) {
            if (e.getCause() instanceof SQLException cause && SqlErrors.isOutOfRange(cause)) {
                throw new UnstorableValueException(key, "adding " + delta + " would not fit 64 bits", cause);
            }
            throw e;
        }
    }
}
