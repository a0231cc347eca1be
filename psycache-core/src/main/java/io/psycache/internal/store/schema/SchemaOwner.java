package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.OwnTransaction;
import io.psycache.internal.store.SqlErrors;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import javax.sql.DataSource;

/** What the owner of a cache's tables does besides making them: letting a role use them, and dropping them. */
public final class SchemaOwner {
    private final CacheTables tables;
    private final SchemaStatements statements;

    public SchemaOwner(CacheTables tables) {
        this.tables = tables;
        this.statements = new SchemaStatements(tables);
    }

    /** The grants that a role needs to use the tables, as a script. */
    public String grantScript(String role) {
        return statements.grantScript(CacheTables.quoted(role));
    }

    /**
     * Lets a role use the tables, and their schema.
     *
     * @throws SchemaException if there is no such schema
     */
    public void grant(DataSource dataSource, String role) {
        try (Connection connection = OwnTransaction.connect(dataSource)) {
            OwnTransaction.run(connection, own -> granted(own, CacheTables.quoted(role)));
        } catch (SQLException e) {
            throw SqlErrors.translated("grant the use of the cache's tables", e);
        }
    }

    private boolean granted(Connection connection, String role) throws SQLException {
        SchemaCatalog catalog = SchemaCatalog.read(connection, tables);
        if (!catalog.schemaExists()) {
            throw new SchemaProblems(tables, catalog).schemaMissing();
        }
        String schema = CacheTables.quoted(Objects.requireNonNull(catalog.schema()));
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements.grantUsage(schema, role));
            statement.execute(statements.grantTables(role));
        }
        return true;
    }

    /**
     * Drops the tables with all they hold.
     *
     * @return whether there was one of them
     * @throws SchemaException if they are not the cache's, or in use; nothing was dropped
     */
    public boolean drop(DataSource dataSource) {
        try (Connection connection = OwnTransaction.connect(dataSource)) {
            return OwnTransaction.run(connection, this::dropped);
        } catch (SQLException e) {
            throw SqlErrors.translated("drop the tables of the cache", e);
        }
    }

    /** What has the shape of a cache's tables is taken for them, so that a table of something else is not lost. */
    private boolean dropped(Connection connection) throws SQLException {
        new EpochTable(tables).prepare(connection);
        SchemaCatalog catalog = SchemaCatalog.read(connection, tables);
        SchemaCheck check = new SchemaCheck(tables, catalog);
        check.missing();
        try (Statement statement = connection.createStatement()) {
            statement.execute(statements.drop());
        } catch (SQLException e) {
            if (SqlErrors.isLockTimeout(e)) {
                throw check.problems().notDropped(e);
            }
            throw e;
        }
        return !catalog.relations().isEmpty();
    }
}
