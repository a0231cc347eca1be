package io.psycache.spring.boot.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What the application's log says when it does not start, each failure really provoked. */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalyzerTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final String role = database.schema() + "_app";

    @BeforeEach
    void createRole() {
        database.execute("create role " + role + "; grant usage on schema " + database.schema() + " to " + role);
    }

    @AfterEach
    void dropRole() {
        database.execute("drop owned by " + role + "; drop role " + role);
    }

    @Test
    void anotherDatabaseIsNamed(CapturedOutput output) {
        failToStart(onServer(Map.of("isWrapperFor", false, "getDatabaseProductName", "H2")));
        assertThat(words(output))
                .contains(
                        "APPLICATION FAILED TO START",
                        "is connected to H2",
                        "Point spring.datasource.url at PostgreSQL 14 or newer",
                        "psycache.enabled=false");
    }

    @Test
    void anOldPostgresqlIsNamed(CapturedOutput output) {
        failToStart(onServer(Map.of("haveMinimumServerVersion", false, "getDatabaseProductVersion", "13.4")));
        assertThat(words(output)).contains("APPLICATION FAILED TO START", "PostgreSQL 13.4", "Upgrade the server");
    }

    @Test
    void aRoleThatMayNotCreateTablesIsToldTheGrantAndTheScript(CapturedOutput output) {
        PGSimpleDataSource asRole = database.unpooled();
        asRole.setOptions("-c role=" + role);
        failToStart(asRole);
        assertThat(words(output))
                .contains(
                        "APPLICATION FAILED TO START",
                        "Role " + role + " may not create or alter the tables",
                        "psycache.initialize-schema=never",
                        words(PsycacheSchema.ddl("", "psycache")));
    }

    @Test
    void missingTablesAreNamedWithTheScriptThatMakesThem(CapturedOutput output) {
        failToStart(database.unpooled(), "--psycache.initialize-schema=never", "--psycache.table=things");
        assertThat(words(output))
                .contains(
                        "APPLICATION FAILED TO START",
                        "Missing in schema",
                        "\"things\"",
                        "psycache.initialize-schema=always",
                        words(PsycacheSchema.ddl("", "things")));
    }

    @Test
    void aTableOfSomeoneElseIsNamed(CapturedOutput output) {
        database.execute("create view psycache as select 1 as one");
        failToStart(database.unpooled());
        assertThat(words(output))
                .contains("APPLICATION FAILED TO START", "has something else under a name", "Set psycache.table");
    }

    @Test
    void aLockOnATableThatMustChangeIsNamed(CapturedOutput output) throws SQLException {
        database.execute("create unlogged table psycache (key text primary key, value jsonb not null,"
                + " expires_at timestamptz not null)");
        try (Connection other = database.dataSource().getConnection()) {
            other.setAutoCommit(false);
            other.createStatement().execute("lock table psycache in access share mode");
            failToStart(database.unpooled());
            other.rollback();
        }
        assertThat(words(output))
                .contains("APPLICATION FAILED TO START", "another session holds a lock", "Start again once");
    }

    @Test
    void aDatabaseThatIsDownIsNamed(CapturedOutput output) throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        failToStart("--spring.datasource.url=jdbc:postgresql://127.0.0.1:" + free + "/app");
        assertThat(words(output))
                .contains(
                        "APPLICATION FAILED TO START",
                        "Connection to 127.0.0.1:" + free + " refused",
                        "Check that the database is running");
    }

    @Test
    void severalDataSourcesAreNamed(CapturedOutput output) {
        failToStart(context -> {
            context.registerBean("orders", DataSource.class, database::unpooled);
            context.registerBean("customers", DataSource.class, database::unpooled);
        });
        assertThat(words(output))
                .contains(
                        "APPLICATION FAILED TO START",
                        "there are several and none of them is primary: orders, customers",
                        "@PsycacheDataSource");
    }

    @ParameterizedTest
    @CsvSource({
        "psycache.timeout,0s,timeout must be positive but is PT0S",
        "psycache.table,My-Table,table must be an identifier that matches",
        "psycache.default-ttl,soon,expected a duration such as 10m",
        "psycache.caches.users.ttl,-1s,a time to live must be positive",
        "psycache.failure-policy,ignore,PROPAGATE",
        "psycache.initialize-schema,embedded,NEVER"
    })
    void anInvalidPropertyIsNamedWithItsValueAndRule(
            String property, String value, String rule, CapturedOutput output) {
        failToStart(database.unpooled(), "--" + property + "=" + value);
        assertThat(words(output)).contains("APPLICATION FAILED TO START", property, value, rule);
    }

    private void failToStart(DataSource dataSource, String... arguments) {
        failToStart(context -> context.registerBean("dataSource", DataSource.class, () -> dataSource), arguments);
    }

    private static void failToStart(String... arguments) {
        failToStart(context -> {}, arguments);
    }

    private static void failToStart(
            ApplicationContextInitializer<GenericApplicationContext> initializer, String... arguments) {
        SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .initializers(initializer);
        assertThatThrownBy(() -> application.run(arguments)).isInstanceOf(RuntimeException.class);
    }

    private static String words(CharSequence text) {
        return String.join(" ", Arrays.asList(text.toString().strip().split("\\s+")));
    }

    /** @param answers of the connection, its meta data and the driver's connection */
    private DataSource onServer(Map<String, ?> answers) {
        return new DelegatingDataSource(database.unpooled()) {
            @Override
            public Connection getConnection() throws SQLException {
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

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(
            excludeName = "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration")
    static class Application {}
}
