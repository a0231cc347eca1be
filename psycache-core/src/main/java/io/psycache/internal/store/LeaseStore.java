package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Leases of keys: who has one loads the key, and others wait meanwhile. A lease is a row and no lock, so that no connection is
 * held; one that its owner does not give up runs out by the database's clock. Used outside transactions. Thread-safe.
 */
public final class LeaseStore {
    private final Sessions sessions;
    private final LeaseStatements sql;

    /**
     * One lease.
     *
     * @param key as it is stored ({@link StoredKeys})
     * @param owner a UUID that no other lease has
     */
    public record Lease(String key, String owner) {}

    /** @param time after which it runs out */
    public record Wish(Lease lease, Duration time) {}

    /**
     * What came of wishes.
     *
     * @param leased the keys that were free
     * @param stored the keys that have a valid entry now, leased or not
     */
    public record Taken(Set<String> leased, Set<String> stored) {}

    /** @param timeout what a statement may take */
    public LeaseStore(DataSource dataSource, CacheTables tables, Duration timeout) {
        this(new Sessions(dataSource, timeout), new LeaseStatements(tables, new Validation(tables)));
    }

    private LeaseStore(Sessions sessions, LeaseStatements sql) {
        this.sessions = sessions;
        this.sql = sql;
    }

    /** A view whose statements end at {@code deadline}, as {@link System#nanoTime()}. */
    public LeaseStore until(long deadline) {
        return new LeaseStore(sessions.until(deadline), sql);
    }

    /** Takes what is free of {@code wishes}, whose keys are distinct. */
    public Taken take(Collection<Wish> wishes) {
        return sessions.inTime("take " + wishes.size() + " leases", connection -> take(connection, wishes));
    }

    private Taken take(Connection connection, Collection<Wish> wishes) throws SQLException {
        List<String> keys = wishes.stream().map(wish -> wish.lease.key).toList();
        try (PreparedStatement statement = connection.prepareStatement(sql.take())) {
            EntryArrays.bind(statement, 1, keys);
            EntryArrays.bind(
                    statement, 2, wishes.stream().map(wish -> wish.lease.owner).toList());
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint",
                            wishes.stream()
                                    .map(wish -> EntryArrays.micros(wish.time))
                                    .toArray(Long[]::new)));
            EntryArrays.bind(statement, 4, keys);
            statement.execute();
            Set<String> leased = keys(statement.getResultSet());
            statement.getMoreResults();
            return new Taken(leased, keys(statement.getResultSet()));
        }
    }

    private static Set<String> keys(ResultSet rows) throws SQLException {
        try (rows) {
            Set<String> keys = new HashSet<>();
            while (rows.next()) {
                keys.add(rows.getString(1));
            }
            return keys;
        }
    }

    /** Gives leases up; those that have run out, and are others' now, stay theirs. */
    public void release(Collection<Lease> leases) {
        sessions.inTime("release " + leases.size() + " leases", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql.release())) {
                EntryArrays.bind(statement, 1, leases.stream().map(Lease::key).toList());
                EntryArrays.bind(statement, 2, leases.stream().map(Lease::owner).toList());
                return statement.executeUpdate();
            }
        });
    }
}
