package io.psycache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.boot.PsycacheAutoConfiguration;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.liquibase.LiquibaseAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** However the tables are deployed, they are the same, and an application starts on them. */
class SchemaDeploymentTests {

    /** As Python psycache makes it. */
    private static final String PYTHON_TABLE = """
            create unlogged table psycache (
                key text primary key, value jsonb not null, expires_at timestamptz not null);
            insert into psycache values ('old', '{"a": 1}', now() + interval '1 hour')""";

    private static final Logger LIQUIBASE_LOG = Logger.getLogger("liquibase");

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @RegisterExtension
    private final TestDatabase reference = TestDatabase.create();

    @BeforeAll
    static void silenceLiquibase() {
        LIQUIBASE_LOG.setLevel(Level.SEVERE);
    }

    /** The ways to deploy the tables. */
    enum Way {
        INIT_DB {
            @Override
            void deploy(TestDatabase database) {
                new Tool(database).run("init-db", "postgresql://");
            }
        },
        PRINTED_SCRIPT {
            @Override
            void deploy(TestDatabase database) {
                database.execute(new Tool(database).run("init-db").out());
            }
        },
        FLYWAY {
            @Override
            void deploy(TestDatabase database) {
                flyway(database).load().migrate();
            }
        },
        LIQUIBASE {
            @Override
            void deploy(TestDatabase database) throws Exception {
                liquibase(database, "changelog/application.xml");
            }
        },
        START_OF_THE_APPLICATION {
            @Override
            void deploy(TestDatabase database) {
                application(database).run(context -> assertThat(context).hasNotFailed());
            }
        };

        abstract void deploy(TestDatabase database) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void everyWayMakesTheSameTables(Way way) throws Exception {
        PsycacheSchema.create(reference.dataSource());
        way.deploy(database);
        assertThat(database.structure("psycache"))
                .contains("psycache r u {fillfactor=70}", "psycache_epoch r u", "psycache_invalidation r u")
                .isEqualTo(reference.structure("psycache"));
        assertThatAnApplicationThatMakesNothingStarts();
    }

    @ParameterizedTest
    @EnumSource
    void everyWayKeepsTheRowsOfPythonAndCanRunAgain(Way way) throws Exception {
        reference.execute(PYTHON_TABLE);
        PsycacheSchema.create(reference.dataSource());
        database.execute(PYTHON_TABLE);
        way.deploy(database);
        way.deploy(database);
        assertThat(database.structure("psycache")).isEqualTo(reference.structure("psycache"));
        assertThat(database.queryForString("select value from psycache where key = 'old'"))
                .isEqualTo("{\"a\": 1}");
    }

    @Test
    void flywayRunsTheScriptOnceBesideTheApplicationsOwnMigrations() {
        Flyway flyway = flyway(database)
                .locations("classpath:io/psycache/flyway", "classpath:migration")
                .load();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(2);
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        assertThat(database.queryForString(
                        "select string_agg(coalesce(version, 'R') || ' ' || description, ', ' order by installed_rank)"
                                + " from flyway_schema_history where type = 'SQL'"))
                .isEqualTo("1 orders, R psycache");
    }

    @Test
    void liquibaseRunsTheScriptOnceHoweverItIsIncluded() throws Exception {
        liquibase(database, "changelog/application.xml");
        liquibase(database, "io/psycache/liquibase/changelog.xml");
        assertThat(database.queryForString(
                        "select string_agg(id || ' ' || author || ' ' || filename || ' ' || exectype, ',')"
                                + " from databasechangelog where author = 'psycache'"))
                .isEqualTo("psycache psycache io/psycache/liquibase/changelog.xml EXECUTED");
    }

    @Test
    void liquibaseRollsTheTablesBack() throws Exception {
        try (Connection connection = database.unpooled().getConnection();
                Liquibase liquibase = open(connection, "io/psycache/liquibase/changelog.xml")) {
            quietly(liquibase::update);
            quietly(() -> liquibase.rollback(1, ""));
        }
        assertThat(database.structure("psycache")).isEqualTo("null");
    }

    @ParameterizedTest
    @CsvSource({
        "spring.flyway.locations=classpath:io/psycache/flyway",
        "spring.liquibase.change-log=classpath:io/psycache/liquibase/changelog.xml"
    })
    void springBootMigratesBeforeTheCacheChecksItsTables(String property) {
        boolean isFlyway = property.contains("flyway");
        application(database)
                .withConfiguration(AutoConfigurations.of(
                        isFlyway ? FlywayAutoConfiguration.class : LiquibaseAutoConfiguration.class))
                .withPropertyValues(
                        property,
                        "psycache.initialize-schema=never",
                        "spring.liquibase.show-summary=off",
                        "spring.liquibase.ui-service=logger")
                .run(context -> {
                    PostgresCache cache = context.getBean(PostgresCache.class);
                    cache.put("greeting", "hello");
                    assertThat(cache.get("greeting", String.class)).contains("hello");
                });
    }

    private void assertThatAnApplicationThatMakesNothingStarts() {
        application(database)
                .withPropertyValues("psycache.initialize-schema=never")
                .run(context -> {
                    PostgresCache cache = context.getBean(PostgresCache.class);
                    cache.put("greeting", "hello");
                    assertThat(cache.get("greeting", String.class)).contains("hello");
                });
    }

    private static ApplicationContextRunner application(TestDatabase database) {
        return new ApplicationContextRunner()
                .withBean(DataSource.class, database::unpooled)
                .withConfiguration(AutoConfigurations.of(PsycacheAutoConfiguration.class));
    }

    private static FluentConfiguration flyway(TestDatabase database) {
        return Flyway.configure()
                .dataSource(database.dataSource())
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .locations("classpath:io/psycache/flyway");
    }

    private static void liquibase(TestDatabase database, String changelog) throws Exception {
        try (Connection connection = database.unpooled().getConnection();
                Liquibase liquibase = open(connection, changelog)) {
            quietly(liquibase::update);
        }
    }

    /** It writes to the console, and logs each step. */
    private static void quietly(Scope.ScopedRunner<?> work) throws Exception {
        Scope.child(Scope.Attr.ui.name(), new LoggerUIService(), work);
    }

    private static Liquibase open(Connection connection, String changelog) throws LiquibaseException {
        Liquibase liquibase =
                new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection));
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        return liquibase;
    }
}
