package io.psycache.internal.store.schema;

import static io.psycache.internal.store.ConnectionTemplate.template;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.OwnTransaction;
import io.psycache.internal.store.SqlErrors;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the owner of a cache's tables does besides creating them: granting their use, and dropping them. */
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
     * Grants a role the use of the tables, and of their schema.
     *
     * @throws SchemaException if the schema does not exist
     */
    public void grant(DataSource dataSource, String role) {
        inTransaction("grant the use of the cache's tables", dataSource, jdbc -> {
            grant(jdbc, CacheTables.quoted(role));
            return true;
        });
    }

    private void grant(JdbcTemplate jdbc, String role) {
        SchemaCatalog catalog = SchemaCatalog.read(jdbc, tables);
        if (!catalog.schemaExists()) {
            throw new SchemaProblems(tables, catalog).schemaMissing();
        }
        String schema = CacheTables.quoted(Objects.requireNonNull(catalog.schema()));
        jdbc.execute(statements.grantUsage(schema, role));
        jdbc.execute(statements.grantTables(role));
    }

    /**
     * Drops the tables with all they hold.
     *
     * @return whether there was one of them
     * @throws SchemaException if they are not the cache's, or in use; nothing was dropped
     */
    public boolean drop(DataSource dataSource) {
        return inTransaction("drop the tables of the cache", dataSource, this::drop);
    }

    /** Drops only what has the shape of a cache's tables, so that a table of something else is not lost. */
    private boolean drop(JdbcTemplate jdbc) {
        new EpochTable(tables).prepare(jdbc);
        SchemaCatalog catalog = SchemaCatalog.read(jdbc, tables);
        SchemaCheck check = new SchemaCheck(tables, catalog);
        check.missing();
        try {
            jdbc.execute(statements.drop());
        } catch (DataAccessException e) {
            if (e.getCause() instanceof SQLException cause && SqlErrors.isLockTimeout(cause)) {
                throw check.problems().notDropped(cause);
            }
            throw e;
        }
        return !catalog.relations().isEmpty();
    }

    private static <T extends @Nullable Object> T inTransaction(
            String task, DataSource dataSource, Function<JdbcTemplate, T> work) {
        return OwnTransaction.connect(task, dataSource, connection -> OwnTransaction.run(connection, template(work)));
    }
}
