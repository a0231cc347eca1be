package io.psycache;

import io.psycache.internal.Arguments;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.schema.Schema;
import javax.sql.DataSource;

/**
 * Creates, upgrades, checks, grants and drops the tables of the cache.
 *
 * <p>The tables are unlogged: they cost no WAL, and PostgreSQL empties them after a crash. You may make the tables of entries,
 * invalidations and leases permanent. That is slower and keeps nothing, since a new epoch empties them. The table of the epoch
 * must be unlogged: psycache notices a crash because its row is gone.
 *
 * <p>Every method takes a connection of its own from the {@code DataSource}, even if the thread is in a transaction. Of a router of
 * Spring it takes one of each target in turn, but of standbys.
 */
public final class PsycacheSchema {

    private PsycacheSchema() {}

    /** {@link #create(DataSource, String, String)} for the table {@code psycache} in the first schema of the search path. */
    public static void create(DataSource dataSource) {
        create(dataSource, "", "psycache");
    }

    /**
     * Creates what is missing, and adds the columns that tables of Python psycache or of an earlier version lack. It reads the
     * catalog first. If nothing is missing it runs no DDL, and waits for no lock. Rows of Python psycache stay. Tables restored from
     * another database's dump, or emptied by a crash, are emptied and get a new epoch.
     *
     * @param schema the schema, which must exist; empty = the first of the connection's search path
     * @param table the name of the table of entries, with which the names of the other tables begin
     * @throws IllegalArgumentException if a name does not match {@code [a-z_][a-z0-9_]{0,47}}
     * @throws PsycacheSchemaException if the tables can't be created or used; nothing was changed
     * @throws org.springframework.dao.DataAccessException if the database fails
     */
    public static void create(DataSource dataSource, String schema, String table) {
        schema(schema, table).create(Arguments.notNull(dataSource, "dataSource"));
    }

    /**
     * Checks that nothing is missing, and creates nothing. As in {@link #create}, tables restored from another database's dump, or
     * emptied by a crash, are emptied and get a new epoch: another server's snapshots would hide invalidations.
     *
     * @throws PsycacheSchemaException if something is missing, or the database is not supported
     */
    public static void validate(DataSource dataSource, String schema, String table) {
        schema(schema, table).validate(Arguments.notNull(dataSource, "dataSource"));
    }

    /**
     * The statements that {@link #create} runs on an empty schema, as a script for a migration tool. They end with {@code ;}, and
     * the script can run again. The first start of an application begins the epoch, which empties the cache. The jar has the script
     * for the default names, for Flyway ({@code io/psycache/flyway}) and Liquibase ({@code io/psycache/liquibase/changelog.xml}).
     */
    public static String ddl(String schema, String table) {
        return schema(schema, table).script();
    }

    /**
     * The statements by which the owner of the tables grants {@code role} their use, as a script like {@link #ddl}: usage on the
     * schema if you name it, and select, insert, update and delete on the four tables. An application needs no more, unless it
     * creates the tables.
     *
     * @param role the name as in the catalog; it will be quoted
     * @throws IllegalArgumentException if it is empty
     */
    public static String grants(String schema, String table, String role) {
        return schema(schema, table).grantScript(Arguments.text(role, "role"));
    }

    /**
     * Runs {@link #grants}, with usage on the schema of the tables.
     *
     * @throws PsycacheSchemaException if the schema does not exist
     * @throws org.springframework.dao.DataAccessException if the role or a table does not exist, or may not be granted
     */
    public static void grant(DataSource dataSource, String schema, String table, String role) {
        schema(schema, table).grant(Arguments.notNull(dataSource, "dataSource"), Arguments.text(role, "role"));
    }

    /**
     * Drops the tables with all they hold. A cache that uses them fails until you create them again.
     *
     * @return whether one of them existed
     * @throws PsycacheSchemaException if something else has one of the names, or another session holds a lock on one of the tables
     *     for more than 2 seconds; nothing was dropped
     * @throws org.springframework.dao.DataAccessException if the role does not own them, or the database fails
     */
    public static boolean drop(DataSource dataSource, String schema, String table) {
        return schema(schema, table).drop(Arguments.notNull(dataSource, "dataSource"));
    }

    private static Schema schema(String schema, String table) {
        return new Schema(new CacheTables(schema, table));
    }
}
