package io.psycache.spring.boot.diagnostics;

import io.psycache.PsycacheSchema;
import io.psycache.PsycacheSchemaException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says what to do where the database does not suit the cache, or its tables can't be made or are missing. */
final class SchemaFailureAnalyzer extends AbstractFailureAnalyzer<PsycacheSchemaException> {
    private static final String TURN_OFF =
            "To start without the cache, for instance in a test on another database, set" + " psycache.enabled=false.";

    private final Environment environment;

    SchemaFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PsycacheSchemaException cause) {
        return new FailureAnalysis(cause.getMessage(), action(cause.getReason()), cause);
    }

    private String action(PsycacheSchemaException.Reason reason) {
        return switch (reason) {
            case NOT_POSTGRESQL ->
                "Point spring.datasource.url at PostgreSQL 14 or newer, or mark the DataSource of a"
                        + " PostgreSQL with @PsycacheDataSource. " + TURN_OFF;
            case TOO_OLD ->
                "Upgrade the server to PostgreSQL 14 or newer, or mark the DataSource of a newer one with"
                        + " @PsycacheDataSource. " + TURN_OFF;
            case NOT_PERMITTED ->
                "Grant the role what the description names. Or run this script as a role that may, grant"
                        + " the use of its tables, and set psycache.initialize-schema=never:" + script();
            case MISSING ->
                "Set psycache.initialize-schema=always, so that the tables are made when the application starts,"
                        + " or run this script, for instance as a migration:" + script();
            case CONFLICT -> "Set psycache.table, or psycache.schema, to a name that is free.";
            case LOCKED ->
                "Start again once the other session has ended, or run this script at a quiet time:" + script();
        };
    }

    private String script() {
        String schema = environment.getProperty("psycache.schema", "");
        String table = environment.getProperty("psycache.table", "psycache");
        return System.lineSeparator() + System.lineSeparator() + PsycacheSchema.ddl(schema, table);
    }
}
