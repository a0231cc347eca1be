package io.psycache.internal.store.schema;

import static io.psycache.internal.store.ConnectionTemplate.template;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.OwnTransaction;
import io.psycache.internal.store.SqlErrors;
import io.psycache.internal.store.schema.SchemaCheck.Part;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Creates the tables of a cache, or what is missing of them. It reads the catalog first, and locks nothing if the tables are
 * complete. It creates what is missing in one transaction, in one process at a time.
 */
public final class SchemaInitializer {

    private static final int TRIES = 3;
    private static final int OLDEST_VERSION = 140_000; // server_version_num

    private final CacheTables tables;
    private final EpochTable epoch;
    private final SchemaStatements statements;

    public SchemaInitializer(CacheTables tables) {
        this.tables = tables;
        this.epoch = new EpochTable(tables);
        this.statements = new SchemaStatements(tables);
    }

    /**
     * Creates what is missing, and begins a new epoch unless there is one of this database.
     *
     * @throws SchemaException if that is not possible; nothing was changed
     */
    public void create(DataSource dataSource) {
        OwnTransaction.connect("create the tables of the cache", dataSource, connection -> {
            requirePostgres(connection);
            return OwnTransaction.run(connection, template(this::isComplete)) || complete(connection);
        });
    }

    /**
     * Checks that nothing is missing, creates no table, and begins a new epoch unless there is one of this database.
     *
     * @throws SchemaException if something is missing
     */
    public void validate(DataSource dataSource) {
        OwnTransaction.connect("check the tables of the cache", dataSource, connection -> {
            check(connection);
            boolean isCurrent = OwnTransaction.run(connection, template(epoch::isCurrent));
            if (!isCurrent) {
                epoch.renew(connection);
            }
            return isCurrent;
        });
    }

    /** Checks that nothing is missing, and changes nothing. @throws SchemaException if something is missing */
    public void check(Connection connection) throws SQLException {
        requirePostgres(connection);
        SchemaCheck found = OwnTransaction.run(connection, template(this::found));
        Set<Part> missing = found.missing();
        if (!missing.isEmpty()) {
            throw found.problems().missing(missing.stream().map(found::describe).toList());
        }
    }

    /** What {@link #create} runs in an empty schema, as a script that can run again. The epoch begins at the first start. */
    public String script() {
        return statements.script();
    }

    /** Asks the driver; its meta data is read only for the message, since it loads many classes. */
    private static void requirePostgres(Connection connection) throws SQLException {
        if (!connection.isWrapperFor(BaseConnection.class)) {
            DatabaseMetaData database = connection.getMetaData();
            throw SchemaProblems.notPostgresql(database.getDatabaseProductName(), database.getDriverName());
        }
        if (!connection.unwrap(BaseConnection.class).haveMinimumServerVersion(OLDEST_VERSION)) {
            throw SchemaProblems.tooOld(connection.getMetaData().getDatabaseProductVersion());
        }
    }

    private boolean isComplete(JdbcTemplate jdbc) {
        return found(jdbc).missing().isEmpty() && epoch.isCurrent(jdbc);
    }

    private SchemaCheck found(JdbcTemplate jdbc) {
        return new SchemaCheck(tables, SchemaCatalog.read(jdbc, tables));
    }

    /** A lock timeout lets everybody pass who queued behind this session, so the next try comes at once. */
    private boolean complete(Connection connection) throws SQLException {
        SchemaProblems problems =
                OwnTransaction.run(connection, template(this::found)).problems();
        for (int tries = 1; ; tries++) {
            try {
                return OwnTransaction.run(connection, template(this::createMissing));
            } catch (SQLException e) {
                if (!SqlErrors.isLockTimeout(e) || tries == TRIES) {
                    throw problems.explained(e);
                }
            }
        }
    }

    private boolean createMissing(JdbcTemplate jdbc) {
        epoch.prepare(jdbc);
        SchemaCheck before = found(jdbc);
        Set<Part> missing = before.missing();
        missing.stream().map(statements::creating).forEach(jdbc::execute);
        beginEpoch(jdbc, before, missing.contains(Part.EPOCH));
        requireComplete(found(jdbc));
        return true;
    }

    /** Entries without snapshots and without an epoch are Python's: they are kept, as of now. */
    private void beginEpoch(JdbcTemplate jdbc, SchemaCheck before, boolean first) {
        if (!before.entriesLackSnapshots()) {
            epoch.renewUnlessCurrent(jdbc);
        } else if (first) {
            epoch.begin(jdbc);
        } else {
            epoch.replace(jdbc);
        }
    }

    private static void requireComplete(SchemaCheck after) {
        for (Part part : after.missing()) {
            throw after.problems().conflict("the name of " + after.describe(part) + " is taken");
        }
    }
}
