package io.psycache;

import javax.sql.DataSource;

/** Creates the tables of the cache, and brings those that Python psycache or an earlier version made up to date. */
public final class PsycacheSchema {

    private PsycacheSchema() {}

    /** {@link #create(DataSource, String, String)} for the table {@code psycache} in the first schema of the search path. */
    public static void create(DataSource dataSource) {
        create(dataSource, "", "psycache");
    }

    /**
     * Makes what is missing. It reads the catalog first, so where nothing is missing it runs no DDL and waits for nobody.
     *
     * @param schema the schema, which must exist; empty = the first of the connection's search path
     * @param table the name of the table of entries; the others' names begin with it
     * @throws PsycacheSchemaException if it can't be done
     */
    public static void create(DataSource dataSource, String schema, String table) {
        throw new UnsupportedOperationException();
    }

    /**
     * Checks that everything is there, and changes no table.
     *
     * @throws PsycacheSchemaException if something is missing, or the database is not supported
     */
    public static void validate(DataSource dataSource, String schema, String table) {
        throw new UnsupportedOperationException();
    }

    /** The statements that {@link #create} runs on an empty schema, as a script for a migration tool. */
    public static String ddl(String schema, String table) {
        throw new UnsupportedOperationException();
    }
}
