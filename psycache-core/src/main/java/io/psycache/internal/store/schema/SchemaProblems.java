package io.psycache.internal.store.schema;

import io.psycache.PsycacheSchemaException;
import io.psycache.PsycacheSchemaException.Reason;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.session.SqlErrors;
import java.sql.SQLException;
import java.util.List;

/** The messages that say what is wrong with the tables, and what to do. */
final class SchemaProblems {

    private final CacheTables tables;
    private final SchemaCatalog catalog;

    SchemaProblems(CacheTables tables, SchemaCatalog catalog) {
        this.tables = tables;
        this.catalog = catalog;
    }

    /** @param driver the connection's driver; it is PostgreSQL's if a wrapper of the connection does not unwrap it */
    static PsycacheSchemaException notPostgresql(String product, String driver) {
        return problem(
                Reason.NOT_POSTGRESQL,
                "psycache needs connections of PostgreSQL's JDBC driver, or ones that unwrap to them, but the data source is"
                        + " connected to " + product + " by " + driver
                        + ". Use a data source of PostgreSQL 14 or newer.");
    }

    static PsycacheSchemaException tooOld(String version) {
        return problem(
                Reason.TOO_OLD,
                "psycache needs PostgreSQL 14 or newer, but the data source is connected to PostgreSQL " + version
                        + ". Upgrade the server, or use another data source.");
    }

    PsycacheSchemaException schemaMissing() {
        if (catalog.schema() == null) {
            return problem(
                    Reason.MISSING,
                    "No schema of the connection's search_path exists, so there is none for the tables of the cache."
                            + " Set property psycache.schema to an existing one, or set the search_path of role "
                            + catalog.role() + ".");
        }
        return problem(
                Reason.MISSING,
                "Schema " + schema() + " does not exist. Create it: create schema " + schema() + " authorization "
                        + catalog.role() + ";");
    }

    PsycacheSchemaException missing(List<String> parts) {
        return problem(
                Reason.MISSING,
                "Missing in schema " + schema() + ": " + String.join(", ", parts)
                        + ". Either let the application create it (property psycache.initialize-schema=always, or"
                        + " PsycacheSchema.create), or run " + script() + ".");
    }

    PsycacheSchemaException conflict(String difference) {
        return problem(
                Reason.CONFLICT,
                "Schema " + schema() + " has something else under a name of the cache's tables: " + difference
                        + ". Rename or drop it, or choose another name (property psycache.table).");
    }

    /** The tables exist, and the role may not use them. */
    PsycacheSchemaException notUsable() {
        return problem(
                Reason.NOT_PERMITTED,
                "Role " + catalog.role() + " may not use the tables of the cache. Run as their owner: " + useGrants());
    }

    /** The tables do not exist, and the role may not create them. */
    private PsycacheSchemaException notPermitted(SQLException cause) {
        return new PsycacheSchemaException(
                Reason.NOT_PERMITTED,
                "Role " + catalog.role() + " may not create or alter the tables of the cache in schema " + schema()
                        + ": "
                        + SqlErrors.reason(cause) + ". Either permit it: grant usage, create on schema " + schema()
                        + " to " + catalog.role() + "; or run " + script()
                        + " as the owner of the schema and its tables, and then: " + useGrants(),
                cause);
    }

    private PsycacheSchemaException locked(SQLException cause) {
        return new PsycacheSchemaException(
                Reason.LOCKED,
                "The tables of the cache in schema " + schema()
                        + " must be altered, but another session holds a lock on one of them: "
                        + SqlErrors.reason(cause)
                        + ". Nothing was changed. End the session (pg_stat_activity and pg_locks show it) and start"
                        + " again, or run " + script() + " at a quiet time.",
                cause);
    }

    PsycacheSchemaException notDropped(SQLException cause) {
        return new PsycacheSchemaException(
                Reason.LOCKED,
                "The tables of the cache in schema " + schema()
                        + " are in use, so they can't be dropped: " + SqlErrors.reason(cause)
                        + ". Nothing was dropped. Stop the applications that use them, or end the session that holds the"
                        + " lock (pg_stat_activity and pg_locks show it).",
                cause);
    }

    /** The exception for a failure to create the tables. */
    RuntimeException explained(SQLException error) {
        return switch (String.valueOf(error.getSQLState())) {
            case "55P03" -> locked(error);
            case "42501" -> notPermitted(error);
            case "42P07", "42710" -> conflict(SqlErrors.reason(error));
            default -> SqlErrors.translated("create the tables of the cache", error);
        };
    }

    private static PsycacheSchemaException problem(Reason reason, String message) {
        return new PsycacheSchemaException(reason, message, null);
    }

    private String useGrants() {
        return grantUsage(schema(), catalog.role()) + "; " + grantTables(tables, catalog.role()) + ";";
    }

    /** @param schema the schema of the tables, quoted, as the role; the role's search path may lead to another one */
    static String grantUsage(String schema, String role) {
        return "grant usage on schema " + schema + " to " + role;
    }

    static String grantTables(CacheTables tables, String role) {
        return "grant select, insert, update, delete on " + tables.all() + " to " + role;
    }

    private String schema() {
        return CacheTables.quoted(String.valueOf(catalog.schema()));
    }

    private String script() {
        return "the script that PsycacheSchema.ddl(\"" + tables.schema() + "\", \"" + tables.table()
                + "\") returns and psycache-cli's init-db prints";
    }
}
