package io.psycache;

import io.psycache.store.CacheTables;
import io.psycache.store.SchemaException;
import io.psycache.store.SchemaInitializer;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * Creates the tables of the cache, and brings those that Python psycache or an earlier version made up to date.
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
        explained(schema, table, initializer -> initializer.create(dataSource));
    }

    /**
     * Checks that everything is there, and makes nothing. As in {@link #create}, tables that came from another database in a
     * dump, or were emptied by a crash, begin anew: snapshots from elsewhere would hide invalidations.
     *
     * @throws PsycacheSchemaException if something is missing, or the database is not supported
     */
    public static void validate(DataSource dataSource, String schema, String table) {
        Arguments.notNull(dataSource, "dataSource");
        explained(schema, table, initializer -> initializer.validate(dataSource));
    }

    /**
     * The statements that {@link #create} runs on an empty schema, as a script for a migration tool; statements end with
     * {@code ;} and it can run again. The first start of an application begins the epoch, which empties the cache.
     */
    public static String ddl(String schema, String table) {
        return initializer(schema, table).script();
    }

    private static void explained(String schema, String table, Consumer<SchemaInitializer> action) {
        try {
            action.accept(initializer(schema, table));
        } catch (SchemaException e) {
            throw new PsycacheSchemaException(
                    PsycacheSchemaException.Reason.valueOf(e.problem().name()), String.valueOf(e.getMessage()), e);
        }
    }

    private static SchemaInitializer initializer(String schema, String table) {
        return new SchemaInitializer(new CacheTables(schema, table));
    }
}
