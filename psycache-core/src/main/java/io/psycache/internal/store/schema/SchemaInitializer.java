package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.OwnTransaction;
import io.psycache.internal.store.SqlErrors;
import io.psycache.internal.store.schema.SchemaCheck.Part;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;

/**
 * Makes the tables of a cache, or what is missing of them. The catalog is read first, so that where everything is there
 * nothing is locked; what is missing is made in one transaction, one process at a time.
 */
public final class SchemaInitializer {

    private static final int TRIES = 3;
    private static final int OLDEST_VERSION = 140_000; // server_version_num

    private final CacheTables tables;
    private final EpochTable epoch;

    public SchemaInitializer(CacheTables tables) {
        this.tables = tables;
        this.epoch = new EpochTable(tables);
    }

    /**
     * Makes what is missing, and begins a new epoch where there is none of this database.
     *
     * @throws SchemaException if it can't be done; nothing was changed
     */
    public void create(DataSource dataSource) {
        try (Connection connection = OwnTransaction.connect(dataSource)) {
            requirePostgres(connection);
            if (!OwnTransaction.run(connection, this::isComplete)) {
                complete(connection);
            }
        } catch (SQLException e) {
            throw SqlErrors.translated("create the tables of the cache", e);
        }
    }

    /**
     * Checks that everything is there, makes nothing, and begins a new epoch where there is none of this database.
     *
     * @throws SchemaException if something is missing
     */
    public void validate(DataSource dataSource) {
        try (Connection connection = OwnTransaction.connect(dataSource)) {
            check(connection);
            if (!OwnTransaction.run(connection, epoch::isCurrent)) {
                epoch.renew(connection);
            }
        } catch (SQLException e) {
            throw SqlErrors.translated("check the tables of the cache", e);
        }
    }

    /** Checks that everything is there, and makes nothing. @throws SchemaException if something is missing */
    public void check(Connection connection) throws SQLException {
        requirePostgres(connection);
        SchemaCheck found = OwnTransaction.run(connection, this::found);
        Set<Part> missing = found.missing();
        if (!missing.isEmpty()) {
            throw found.problems().missing(missing.stream().map(found::describe).toList());
        }
    }

    /** What {@link #create} runs in an empty schema, as a script that can run again; the epoch begins at the first start. */
    public String script() {
        return new SchemaStatements(tables).script();
    }

    /** By what the driver knows; its meta data is asked only for the message, as that is many classes. */
    private static void requirePostgres(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            DatabaseMetaData database = connection.getMetaData();
            throw SchemaProblems.notPostgresql(database.getDatabaseProductName(), database.getDriverName());
        }
        if (!connection.unwrap(BaseConnection.class).haveMinimumServerVersion(OLDEST_VERSION)) {
            throw SchemaProblems.tooOld(connection.getMetaData().getDatabaseProductVersion());
        }
    }

    private boolean isComplete(Connection connection) throws SQLException {
        return found(connection).missing().isEmpty() && epoch.isCurrent(connection);
    }

    private SchemaCheck found(Connection connection) throws SQLException {
        return new SchemaCheck(tables, SchemaCatalog.read(connection, tables));
    }

    /** A wait that ran out lets everybody pass who queued behind it, so the next try comes at once. */
    private void complete(Connection connection) throws SQLException {
        SchemaProblems problems = OwnTransaction.run(connection, this::found).problems();
        for (int tries = 1; ; tries++) {
            try {
                OwnTransaction.run(connection, this::makeMissing);
                return;
            } catch (SQLException e) {
                if (!SqlErrors.isLockTimeout(e) || tries == TRIES) {
                    throw problems.explained(e);
                }
            }
        }
    }

    private boolean makeMissing(Connection connection) throws SQLException {
        epoch.prepare(connection);
        SchemaCheck before = found(connection);
        Set<Part> missing = before.missing();
        SchemaStatements statements = new SchemaStatements(tables);
        try (Statement statement = connection.createStatement()) {
            for (Part part : missing) {
                statement.execute(statements.making(part));
            }
        }
        beginEpoch(connection, before, missing.contains(Part.EPOCH));
        requireComplete(found(connection));
        return true;
    }

    /** Entries without snapshots and without an epoch are Python's: they are kept, as of now. */
    private void beginEpoch(Connection connection, SchemaCheck before, boolean first) throws SQLException {
        if (!before.entriesLackSnapshots()) {
            epoch.renewUnlessCurrent(connection);
        } else if (first) {
            epoch.begin(connection);
        } else {
            epoch.replace(connection);
        }
    }

    private static void requireComplete(SchemaCheck after) {
        for (Part part : after.missing()) {
            throw after.problems().conflict("the name of " + after.describe(part) + " is taken");
        }
    }
}
