package io.psycache;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.schema.SchemaException;
import io.psycache.internal.store.schema.SchemaInitializer;
import io.psycache.internal.store.schema.SchemaOwner;
import javax.sql.DataSource;

/**
 * Creates the tables of the cache, brings those that Python psycache or an earlier version made up to date, lets roles use
 * them, and drops them.
 *
 * <p>The tables are unlogged: they cost no WAL, and PostgreSQL empties them after a crash. The tables of entries,
 * invalidations and leases may be permanent ones where somebody made them so; that is slower and keeps nothing, since they are
 * emptied with the epoch. The table of the epoch must be unlogged: that its row is gone is how a crash is noticed.
 *
 * <p>Every method takes a connection of its own from the {@code DataSource}, also when the thread is in a transaction.
 */
public final class PsycacheSchema {

    private PsycacheSchema() {}

    /** {@link #create(DataSource, String, String)} for the table {@code psycache} in the first schema of the search path. */
    public static void create(DataSource dataSource) {
        create(dataSource, "", "psycache");
    }

    /**
     * Makes what is missing. It reads the catalog first, so where nothing is missing it runs no DDL and waits for nobody.
     * Rows of Python psycache stay. Tables that came from another database in a dump, or were emptied by a crash, begin anew.
     *
     * @param schema the schema, which must exist; empty = the first of the connection's search path
     * @param table the name of the table of entries; the others' names begin with it
     * @throws IllegalArgumentException if a name does not match {@code [a-z_][a-z0-9_]{0,47}}
     * @throws PsycacheSchemaException if it can't be done; nothing was changed
     * @throws org.springframework.dao.DataAccessException if the database fails
     */
    public static void create(DataSource dataSource, String schema, String table) {
        Arguments.notNull(dataSource, "dataSource");
        explaining(() -> initializer(schema, table).create(dataSource));
    }

    /**
     * Checks that everything is there, and makes nothing. As in {@link #create}, tables that came from another database in a
     * dump, or were emptied by a crash, begin anew: snapshots from elsewhere would hide invalidations.
     *
     * @throws PsycacheSchemaException if something is missing, or the database is not supported
     */
    public static void validate(DataSource dataSource, String schema, String table) {
        Arguments.notNull(dataSource, "dataSource");
        explaining(() -> initializer(schema, table).validate(dataSource));
    }

    /**
     * The statements that {@link #create} runs on an empty schema, as a script for a migration tool; statements end with
     * {@code ;} and it can run again. The first start of an application begins the epoch, which empties the cache. For the
     * default names it is in the jar for Flyway ({@code io/psycache/flyway}) and for Liquibase ({@code
     * io/psycache/liquibase/changelog.xml}).
     */
    public static String ddl(String schema, String table) {
        return initializer(schema, table).script();
    }

    /**
     * The statements by which the owner of the tables lets {@code role} use them, as a script like {@link #ddl}: usage of the
     * schema where it is named, and select, insert, update and delete on the four tables. More an application does not need
     * unless it makes the tables.
     *
     * @param role its name as the catalog has it; it is quoted
     * @throws IllegalArgumentException if it is empty
     */
    public static String grants(String schema, String table, String role) {
        return owner(schema, table).grantScript(Arguments.text(role, "role"));
    }

    /**
     * Runs {@link #grants}, with usage of the schema that the tables are in.
     *
     * @throws PsycacheSchemaException if there is no such schema
     * @throws org.springframework.dao.DataAccessException if the role or a table does not exist, or may not be granted
     */
    public static void grant(DataSource dataSource, String schema, String table, String role) {
        Arguments.notNull(dataSource, "dataSource");
        Arguments.text(role, "role");
        explaining(() -> owner(schema, table).grant(dataSource, role));
    }

    /**
     * Drops the tables with all they hold. A cache that is in use then fails until they are made again.
     *
     * @return whether there was one of them
     * @throws PsycacheSchemaException if something else has one of the names, or somebody is using them for more than 2 seconds;
     *     nothing was dropped
     * @throws org.springframework.dao.DataAccessException if the role does not own them, or the database fails
     */
    public static boolean drop(DataSource dataSource, String schema, String table) {
        Arguments.notNull(dataSource, "dataSource");
        try {
            return owner(schema, table).drop(dataSource);
        } catch (SchemaException e) {
            throw PsycacheSchemaException.of(e);
        }
    }

    private static void explaining(Runnable action) {
        try {
            action.run();
        } catch (SchemaException e) {
            throw PsycacheSchemaException.of(e);
        }
    }

    private static SchemaInitializer initializer(String schema, String table) {
        return new SchemaInitializer(new CacheTables(schema, table));
    }

    private static SchemaOwner owner(String schema, String table) {
        return new SchemaOwner(new CacheTables(schema, table));
    }
}
