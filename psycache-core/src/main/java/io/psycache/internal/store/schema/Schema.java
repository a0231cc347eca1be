package io.psycache.internal.store.schema;

import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.EpochTable;
import io.psycache.internal.store.session.ReadCommitted;
import io.psycache.internal.store.session.Session;
import io.psycache.internal.store.session.Sessions;
import io.psycache.internal.store.session.SqlErrors;
import io.psycache.internal.store.session.Target;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.core.BaseConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The tables of a cache as a whole: what creates, checks, grants and drops them, as {@link io.psycache.PsycacheSchema} says. It reads
 * the catalog first, and locks nothing if the tables are complete. It creates what is missing in one transaction, in one process at a
 * time.
 */
public final class Schema {
    private static final String CREATE = "create the tables of the cache";
    private static final int TRIES = 3;

    /** To ask a target of a router whether it is a standby. */
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private static final int OLDEST_VERSION = 140_000; // server_version_num

    private final CacheTables tables;
    private final EpochTable epoch;

    public Schema(CacheTables tables) {
        this.tables = tables;
        this.epoch = new EpochTable(tables);
    }

    public void create(DataSource dataSource) {
        inEach(dataSource, CREATE, connection -> {
            requirePostgres(connection);
            return ReadCommitted.query(connection, this::isComplete) || complete(connection);
        });
    }

    public void validate(DataSource dataSource) {
        inEach(dataSource, "check the tables of the cache", connection -> {
            check(connection);
            boolean isCurrent = ReadCommitted.query(connection, epoch::isCurrent);
            if (!isCurrent) {
                epoch.renew(connection);
            }
            return isCurrent;
        });
    }

    /** In each database that the data source routes to. */
    private static void inEach(DataSource dataSource, String task, Session.Work<Boolean> work) {
        Target.writable(dataSource, TIMEOUT).forEach(target -> Sessions.connect(task, target, work));
    }

    /** Checks that nothing is missing, and changes nothing. @throws PsycacheSchemaException if something is missing */
    public void check(Connection connection) throws SQLException {
        requirePostgres(connection);
        SchemaCheck found = ReadCommitted.query(connection, this::found);
        Set<Part> missing = found.missing();
        if (!missing.isEmpty()) {
            throw found.problems().missing(missing.stream().map(found::describe).toList());
        }
    }

    public String script() {
        return Part.script(tables);
    }

    public String grantScript(String role) {
        String quoted = CacheTables.quoted(role);
        String usage = tables.schema().isEmpty()
                ? "-- It needs usage on their schema too; on the schema public everybody has it."
                : SchemaProblems.grantUsage(CacheTables.quoted(tables.schema()), quoted) + ";";
        return """
                -- What the role of an application needs to use the tables; it can't make, change, empty or drop them.
                %s
                %s;
                """.formatted(usage, SchemaProblems.grantTables(tables, quoted));
    }

    public void grant(DataSource dataSource, String role) {
        Target.writable(dataSource, TIMEOUT)
                .forEach(target -> Sessions.ownTransaction("grant the use of the cache's tables", target, jdbc -> {
                    grant(jdbc, CacheTables.quoted(role));
                    return true;
                }));
    }

    private void grant(JdbcTemplate jdbc, String role) {
        SchemaCatalog catalog = SchemaCatalog.read(jdbc, tables);
        if (!catalog.schemaExists()) {
            throw new SchemaProblems(tables, catalog).schemaMissing();
        }
        String schema = CacheTables.quoted(Objects.requireNonNull(catalog.schema()));
        jdbc.execute(SchemaProblems.grantUsage(schema, role));
        jdbc.execute(SchemaProblems.grantTables(tables, role));
    }

    public boolean drop(DataSource dataSource) {
        boolean existed = false;
        for (DataSource target : Target.writable(dataSource, TIMEOUT)) {
            existed |= Sessions.ownTransaction("drop the tables of the cache", target, this::drop);
        }
        return existed;
    }

    /** Drops only what has the shape of a cache's tables, so that a table of something else is not lost. */
    private boolean drop(JdbcTemplate jdbc) {
        epoch.prepare(jdbc);
        SchemaCatalog catalog = SchemaCatalog.read(jdbc, tables);
        SchemaCheck check = new SchemaCheck(tables, catalog);
        check.missing();
        try {
            jdbc.execute("drop table if exists " + tables.all());
        } catch (DataAccessException e) {
            if (e.getCause() instanceof SQLException cause && SqlErrors.isLockTimeout(cause)) {
                throw check.problems().notDropped(cause);
            }
            throw e;
        }
        return !catalog.relations().isEmpty();
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
        SchemaProblems problems = ReadCommitted.query(connection, this::found).problems();
        for (int tries = 1; ; tries++) {
            try {
                return ReadCommitted.query(connection, this::createMissing);
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
        missing.forEach(part -> jdbc.execute(part.ddl(tables)));
        beginEpoch(jdbc, before, missing.contains(Part.EPOCH));
        SchemaCheck after = found(jdbc);
        for (Part taken : after.missing()) {
            throw after.problems().conflict("the name of " + after.describe(taken) + " is taken");
        }
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
}
