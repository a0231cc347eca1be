package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The one row that says that the snapshots in the other tables mean something here. It is gone after a crash, when
 * PostgreSQL has emptied the unlogged tables and uses transaction ids again; and it has another origin where the tables came
 * from elsewhere in a dump. Thread-safe.
 */
public final class EpochTable {

    private static final String UNKNOWN_SYSTEM = "-";
    private static final String READ_WRITE = "set transaction isolation level read committed, read write";

    /** At start nobody waits longer than this for a lock, and nobody queues longer behind us. */
    private static final String LOCK_TIMEOUT = "set local lock_timeout = '2s'";

    private final CacheTables tables;

    public EpochTable(CacheTables tables) {
        this.tables = tables;
    }

    /**
     * Empties the tables and begins a new epoch, unless the epoch there is belongs to this database: of several nodes
     * that renew at once one does it, and the others change nothing. It waits for puts under way (2 seconds at most), and no
     * put is stored between the old epoch and the new one.
     *
     * @param connection a connection that is in no transaction; it is left so, its auto-commit as before
     */
    public void renew(Connection connection) {
        try {
            OwnTransaction.run(connection, own -> {
                prepare(own);
                renewUnlessCurrent(own);
                return true;
            });
        } catch (SQLException e) {
            throw SqlErrors.translated("renew the epoch of the cache", e);
        }
    }

    /** Begins a transaction that changes the tables: one at a time, and not waiting long for anybody. */
    public void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(READ_WRITE);
            statement.execute(LOCK_TIMEOUT);
        }
        queryForString(
                connection, "select pg_advisory_xact_lock(hashtextextended(?, 0))::text", "psycache " + tables.table());
    }

    /** Whether there is an epoch and it began in this database, with this table of entries. */
    public boolean isCurrent(Connection connection) throws SQLException {
        String origin = queryForString(connection, "select origin from " + tables.epoch());
        return origin != null && isSame(origin, origin(connection));
    }

    public void renewUnlessCurrent(Connection connection) throws SQLException {
        if (!isCurrent(connection)) {
            replace(connection);
        }
    }

    /**
     * Empties the tables and begins a new epoch. The lock lets the puts under way end, so that their rows are deleted too,
     * and later ones find the new epoch; it does not hinder gets and evictions.
     */
    public void replace(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table " + tables.entries() + " in share row exclusive mode");
            statement.execute("delete from " + tables.entries());
            statement.execute("delete from " + tables.invalidations());
            statement.execute("delete from " + tables.leases());
            statement.execute("delete from " + tables.epoch());
        }
        begin(connection);
    }

    /** Begins the first epoch and keeps the entries there are. */
    public void begin(Connection connection) throws SQLException {
        queryForString(
                connection,
                "insert into " + tables.epoch() + " (origin) values (?) returning origin",
                origin(connection));
    }

    /**
     * Where an epoch belongs: system identifier, database and table of entries. Another role may not be allowed to read the
     * first, so it counts only where both know it: else two roles would empty each other's cache for ever.
     */
    private static boolean isSame(String one, String other) {
        return one.equals(other)
                || (system(one).equals(UNKNOWN_SYSTEM) || system(other).equals(UNKNOWN_SYSTEM))
                        && withoutSystem(one).equals(withoutSystem(other));
    }

    private static String system(String origin) {
        return origin.substring(0, Math.max(0, origin.indexOf('/')));
    }

    private static String withoutSystem(String origin) {
        return origin.substring(origin.indexOf('/') + 1);
    }

    /**
     * The right to read the system identifier is asked before, in a statement of its own: PostgreSQL checks it before it runs a
     * statement's conditions.
     */
    private String origin(Connection connection) throws SQLException {
        String database = queryForString(connection, """
                        select has_function_privilege('pg_control_system()', 'execute') || '/' || oid || '/' || to_regclass(?)::oid
                          from pg_database where datname = current_database()""", tables.entries());
        String readable = "true/";
        String system = String.valueOf(database).startsWith(readable)
                ? queryForString(connection, "select system_identifier::text from pg_control_system()")
                : UNKNOWN_SYSTEM;
        return system + "/" + withoutSystem(String.valueOf(database));
    }

    private static @Nullable String queryForString(Connection connection, String sql, String... parameters)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : null;
            }
        }
    }
}
