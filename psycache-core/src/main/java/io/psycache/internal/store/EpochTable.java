package io.psycache.internal.store;

import static io.psycache.internal.store.session.ConnectionTemplate.TEXT;

import io.psycache.internal.store.session.ReadCommitted;
import io.psycache.internal.store.session.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The table of the epoch: one row, which says that the snapshots in the other tables were taken on this server. After a crash
 * PostgreSQL has emptied the unlogged tables and assigns the same transaction ids again, so the row is gone. In tables restored
 * from another database's dump its origin is another one. Thread-safe.
 */
public final class EpochTable {

    private static final String UNKNOWN_SYSTEM = "-";

    /** A start waits no longer than this for a lock, and blocks nobody in the lock's queue for longer. */
    private static final String SETTINGS = "set transaction read write; set local lock_timeout = '2s'";

    private final CacheTables tables;

    public EpochTable(CacheTables tables) {
        this.tables = tables;
    }

    /**
     * Empties the tables and begins a new epoch, unless the epoch there is belongs to this database. If several nodes renew at
     * once, one does it and the others change nothing. It waits at most 2 seconds for puts under way, and no put is stored
     * between the old epoch and the new one.
     *
     * @param connection a connection that is in no transaction; it keeps its auto-commit mode
     */
    public void renew(Connection connection) {
        try {
            ReadCommitted.query(connection, jdbc -> {
                prepare(jdbc);
                renewUnlessCurrent(jdbc);
                return true;
            });
        } catch (SQLException e) {
            throw SqlErrors.translated("renew the epoch of the cache", e);
        }
    }

    /** Begins a transaction that changes the tables. There is one at a time, and it waits at most 2 seconds for a lock. */
    public void prepare(JdbcTemplate jdbc) {
        jdbc.execute(SETTINGS);
        jdbc.query("select pg_advisory_xact_lock(hashtextextended(?, 0))::text", TEXT, "psycache " + tables.table());
    }

    /** Whether there is an epoch and it began in this database, with this table of entries. */
    public boolean isCurrent(JdbcTemplate jdbc) {
        return jdbc.query("select origin from " + tables.epoch(), TEXT).stream()
                .anyMatch(origin -> isSame(origin, origin(jdbc)));
    }

    public void renewUnlessCurrent(JdbcTemplate jdbc) {
        if (!isCurrent(jdbc)) {
            replace(jdbc);
        }
    }

    /**
     * Empties the tables and begins a new epoch. The lock waits for the puts under way, so that their rows are deleted too, and
     * later puts find the new epoch. It does not block gets and evictions.
     */
    public void replace(JdbcTemplate jdbc) {
        jdbc.execute("""
                lock table %1$s in share row exclusive mode;
                delete from %1$s;
                delete from %2$s;
                delete from %3$s;
                delete from %4$s""".formatted(tables.entries(), tables.invalidations(), tables.leases(), tables.epoch()));
        begin(jdbc);
    }

    /** Begins the first epoch and keeps the entries there are. */
    public void begin(JdbcTemplate jdbc) {
        jdbc.update("insert into " + tables.epoch() + " (origin) values (?)", origin(jdbc));
    }

    /**
     * Whether two origins are of the same system, database and table of entries. A role without the right to read the system
     * identifier writes {@link #UNKNOWN_SYSTEM}, so systems are compared only where both are known. Otherwise two roles would
     * empty each other's cache forever.
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
     * The origin of an epoch that begins now. The right to read the system identifier is checked in a statement of its own:
     * PostgreSQL checks it before it evaluates a statement's conditions.
     */
    private String origin(JdbcTemplate jdbc) {
        String database = one(jdbc, """
                        select has_function_privilege('pg_control_system()', 'execute') || '/' || oid || '/' || to_regclass('%s')::oid
                          from pg_database where datname = current_database()""".formatted(tables.entries()));
        String system = database.startsWith("true/")
                ? one(jdbc, "select system_identifier from pg_control_system()")
                : UNKNOWN_SYSTEM;
        return system + "/" + withoutSystem(database);
    }

    private static String one(JdbcTemplate jdbc, String sql) {
        return String.valueOf(jdbc.query(sql, TEXT).get(0));
    }
}
