package io.psycache;

import static io.psycache.PsycacheSchemaTests.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.PsycacheSchemaException.Reason;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Roles without rights, and databases that will not do. */
class PsycacheSchemaRightsTests {

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final String role = database.schema() + "_app";

    @BeforeEach
    void createRole() {
        database.execute("create role " + role);
    }

    @AfterEach
    void dropRole() {
        database.execute("drop owned by " + role + "; drop role " + role);
    }

    @Test
    void aRoleThatMayNotCreateIsToldTheGrants() {
        database.execute("grant usage on schema " + database.schema() + " to " + role);
        String grant = "grant usage, create on schema \"" + database.schema() + "\" to " + role;
        assertFails(Reason.NOT_PERMITTED, this::createAsRole)
                .withMessageContainingAll(role, "permission denied", grant, "PsycacheSchema.ddl");
        database.execute(grant);
        createAsRole();
        validateAsRole();
    }

    @Test
    void aRoleThatMayNotUseTheSchemaIsToldTheGrants() {
        PGSimpleDataSource dataSource = asRole();
        assertFails(Reason.NOT_PERMITTED, () -> PsycacheSchema.create(dataSource, database.schema(), "psycache"))
                .withMessageContaining("grant usage on schema \"" + database.schema() + "\" to " + role);
    }

    @Test
    void grantLetsARoleUseTheTablesAndTheirSchema() {
        PsycacheSchema.create(database.dataSource());
        PsycacheSchema.grant(database.dataSource(), "", "psycache", role);
        validateAsRole();
    }

    @Test
    void theScriptOfGrantsLetsARoleUseTheTables() {
        PsycacheSchema.create(database.dataSource());
        database.execute(PsycacheSchema.grants(database.schema(), "psycache", role));
        validateAsRole();
        assertThat(PsycacheSchema.grants("", "psycache", "Ann \"the app\""))
                .contains("to \"Ann \"\"the app\"\"\";")
                .doesNotContain("grant usage");
    }

    @Test
    void grantToARoleOrInASchemaThatDoesNotExistSaysSo() {
        PsycacheSchema.create(database.dataSource());
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> PsycacheSchema.grant(database.dataSource(), "", "psycache", "nobody"))
                .havingRootCause()
                .withMessageContaining("role \"nobody\" does not exist");
        assertFails(Reason.MISSING, () -> PsycacheSchema.grant(database.dataSource(), "nowhere", "psycache", role))
                .withMessageContaining("nowhere");
    }

    @Test
    void aRoleThatMayUseCompleteTablesNeedsNoMore() {
        PsycacheSchema.create(database.dataSource());
        database.execute("grant usage on schema " + database.schema() + " to " + role);
        String grant = "grant select, insert, update, delete on \"psycache\", \"psycache_invalidation\","
                + " \"psycache_epoch\", \"psycache_lease\" to " + role;
        assertFails(Reason.NOT_PERMITTED, this::createAsRole).withMessageContaining(grant);
        assertFails(Reason.NOT_PERMITTED, this::validateAsRole).withMessageContaining(grant);
        database.execute(grant);
        createAsRole();
        validateAsRole();
    }

    @Test
    void aRoleWithTheseRightsBeginsANewEpoch() {
        PsycacheSchema.create(database.dataSource());
        database.execute("delete from psycache_epoch; grant usage on schema " + database.schema() + " to " + role
                + "; grant select, insert, update, delete on all tables in schema " + database.schema() + " to "
                + role);
        createAsRole();
        validateAsRole();
    }

    @Test
    void aRoleThatMayNotReadTheSystemIdentifierSharesTheEpoch() {
        PsycacheSchema.create(database.dataSource());
        database.execute("insert into psycache (key, value, expires_at) values ('k', '1', 'infinity');"
                + " grant usage on schema " + database.schema() + " to " + role
                + "; grant select, insert, update, delete on all tables in schema " + database.schema() + " to " + role
                + "; revoke execute on function pg_control_system() from public");
        try {
            createAsRole();
            assertThat(database.queryForLong("select count(*) from psycache")).isOne();
            database.execute("delete from psycache_epoch");
            createAsRole();
            assertThat(database.queryForString("select origin from psycache_epoch"))
                    .startsWith("-/");
        } finally {
            database.execute("grant execute on function pg_control_system() to public");
        }
    }

    @Test
    void aRoleThatDoesNotOwnATableToBeUpgradedIsToldWhatToDo() {
        database.execute("create unlogged table psycache (key text primary key, value jsonb not null,"
                + " expires_at timestamptz not null); grant all on psycache to " + role
                + "; grant all on schema " + database.schema() + " to " + role);
        assertFails(Reason.NOT_PERMITTED, this::createAsRole)
                .withMessageContainingAll("must be owner of table psycache", "run the script", "as the owner");
    }

    @Test
    void anotherDatabaseIsNamed() {
        DataSource h2 = onServer(Map.of("isWrapperFor", false, "getDatabaseProductName", "H2"));
        assertFails(Reason.NOT_POSTGRESQL, () -> PsycacheSchema.create(h2)).withMessageContaining("H2");
        assertFails(Reason.NOT_POSTGRESQL, () -> PsycacheSchema.validate(h2, "", "psycache"))
                .withMessageContaining("H2");
    }

    @Test
    void aConnectionThatHidesTheDriversIsNamed() {
        DataSource hiding = onServer(Map.of("isWrapperFor", false));
        assertFails(Reason.NOT_POSTGRESQL, () -> PsycacheSchema.create(hiding))
                .withMessageContainingAll("unwrap to them", "to PostgreSQL by PostgreSQL JDBC Driver");
    }

    @Test
    void anOldPostgresqlIsNamed() {
        DataSource old = onServer(Map.of("haveMinimumServerVersion", false, "getDatabaseProductVersion", "13.4"));
        assertFails(Reason.TOO_OLD, () -> PsycacheSchema.create(old)).withMessageContainingAll("13.4", "PostgreSQL 14");
    }

    private void createAsRole() {
        PsycacheSchema.create(asRole());
    }

    private void validateAsRole() {
        PsycacheSchema.validate(asRole(), "", "psycache");
    }

    private PGSimpleDataSource asRole() {
        PGSimpleDataSource dataSource = database.unpooled();
        dataSource.setOptions("-c role=" + role);
        return dataSource;
    }

    /** @param answers of the connection, its meta data and the driver's connection */
    private DataSource onServer(Map<String, Object> answers) {
        return new DelegatingDataSource(database.dataSource()) {
            @Override
            public Connection getConnection() throws java.sql.SQLException {
                Connection connection = super.getConnection();
                DatabaseMetaData metaData = answering(DatabaseMetaData.class, connection.getMetaData(), answers);
                BaseConnection ofDriver =
                        answering(BaseConnection.class, connection.unwrap(BaseConnection.class), answers);
                Map<String, Object> all = new HashMap<>(answers);
                all.putAll(Map.of("getMetaData", metaData, "unwrap", ofDriver));
                return answering(Connection.class, connection, all);
            }
        };
    }

    private static <T> T answering(Class<T> type, T target, Map<String, ?> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (answers.containsKey(method.getName())) {
                        return answers.get(method.getName());
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
