package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.PostgresCache;
import io.psycache.ReadContexts;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.Jackson2Codec;
import io.psycache.codec.Jackson3Codec;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.spring.EntityManagerContexts;
import io.psycache.spring.boot.diagnostics.StartException;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class PsycacheAutoConfigurationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create();

    private ApplicationContextRunner withoutDataSource;
    private ApplicationContextRunner runner;

    @BeforeEach
    void configure() {
        withoutDataSource = BootClasses.runner();
        runner = withoutDataSource.withBean(DataSource.class, database::unpooled);
    }

    @Test
    void theCacheWorksOnTheApplicationsDataSource() {
        runner.run(context -> {
            PostgresCache cache = context.getBean(PostgresCache.class);
            cache.put("greeting", "hello");
            assertThat(cache.get("greeting", String.class)).contains("hello");
            assertThat(database.queryForString("select value from psycache")).isEqualTo("\"hello\"");
        });
    }

    @Test
    void theDataSourceOfBootIsUsed() {
        withoutDataSource
                .withConfiguration(AutoConfigurations.of(BootClasses.dataSourceAutoConfiguration()))
                .withPropertyValues("spring.datasource.url=" + database.jdbcUrl())
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", 1);
                    assertThat(database.queryForLong("select count(*) from psycache"))
                            .isEqualTo(1);
                });
    }

    @Test
    void schemaAndTableAreThoseOfTheProperties() {
        runner.withPropertyValues("psycache.schema=" + other.schema(), "psycache.table=things")
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", 1);
                    assertThat(other.queryForLong("select count(*) from things"))
                            .isEqualTo(1);
                });
    }

    @Test
    void theDefaultTimeToLiveIsThatOfTheProperties() {
        runner.withPropertyValues("psycache.default-ttl=never").run(context -> {
            context.getBean(PostgresCache.class).put("key", 1);
            assertThat(database.queryForString("select expires_at from psycache"))
                    .isEqualTo("infinity");
        });
    }

    @Test
    void copiesTakeAsMuchAsThePropertySays() {
        runner.run(context -> assertThat(nearMaximumSize(context))
                .isEqualTo(Runtime.getRuntime().maxMemory() / 20));
        runner.withPropertyValues("psycache.near.maximum-size=3MB")
                .run(context -> assertThat(nearMaximumSize(context)).isEqualTo(3 * 1_048_576));
        runner.withPropertyValues("psycache.near.maximum-size=0")
                .run(context -> assertThat(nearMaximumSize(context)).isZero());
    }

    private static long nearMaximumSize(BeanFactory context) {
        return context.getBean(PostgresCache.class).inspection().settings().nearMaximumSize();
    }

    @Test
    void persistenceContextsAreAskedWhereThereIsJpa() {
        runner.run(context -> assertThat(context).hasSingleBean(EntityManagerContexts.class));
        runner.withClassLoader(new FilteredClassLoader("org.springframework.orm.jpa"))
                .run(context ->
                        assertThat(context).hasSingleBean(PostgresCache.class).doesNotHaveBean(ReadContexts.class));
        runner.withBean(ReadContexts.class, () -> Map::of)
                .run(context -> assertThat(context)
                        .hasSingleBean(ReadContexts.class)
                        .doesNotHaveBean(EntityManagerContexts.class));
    }

    @Test
    void nothingIsConfiguredWhenTurnedOff() {
        runner.withPropertyValues("psycache.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(PostgresCache.class)
                        .doesNotHaveBean(CacheManager.class)
                        .doesNotHaveBean(PsycacheProperties.class));
    }

    @Test
    void nothingIsConfiguredWithoutADataSource() {
        withoutDataSource.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(PostgresCache.class)
                .doesNotHaveBean(CacheManager.class));
    }

    @Test
    void nothingIsConfiguredWithoutTheDriver() {
        runner.withClassLoader(new FilteredClassLoader("org.postgresql"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(PostgresCache.class)
                        .doesNotHaveBean(CacheManager.class));
    }

    @Test
    void anApplicationsOwnCacheIsTheOnlyOne() {
        PostgresCache own =
                PostgresCache.builder(database.dataSource()).table("own").build();
        runner.withBean("own", PostgresCache.class, () -> own).run(context -> {
            assertThat(context.getBean(PostgresCache.class)).isSameAs(own);
            assertThat(context).hasSingleBean(CacheManager.class).doesNotHaveBean("psycacheSchemaInitializer");
            assertThat(database.queryForString("select to_regclass('psycache')"))
                    .isNull();
        });
    }

    @Test
    void theMarkedDataSourceIsUsedAndTheLostGuaranteeIsLogged(CapturedOutput output) {
        withoutDataSource
                .withUserConfiguration(TwoDataSources.class)
                .withBean(Databases.class, this::databases)
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", 1);
                    assertThat(other.queryForLong("select count(*) from psycache"))
                            .isEqualTo(1);
                    assertThat(output).contains("evictions are not part of transactions on other DataSources");
                });
    }

    @Test
    void thePrimaryDataSourceIsUsedWithoutAWarning(CapturedOutput output) {
        withoutDataSource
                .withBean("second", DataSource.class, other::unpooled)
                .withBean("first", DataSource.class, database::unpooled, definition -> definition.setPrimary(true))
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", 1);
                    assertThat(database.queryForLong("select count(*) from psycache"))
                            .isEqualTo(1);
                    assertThat(output).doesNotContain("@PsycacheDataSource");
                });
    }

    @Test
    void severalDataSourcesStopTheStart() {
        withoutDataSource
                .withBean("first", DataSource.class, database::unpooled)
                .withBean("second", DataSource.class, other::unpooled)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasRootCauseInstanceOf(StartException.class)
                        .rootCause()
                        .hasMessageContainingAll("there are several", "first", "second"));
    }

    @Test
    void theMapperOfJackson3IsPreferred() {
        runner.withBean(JsonMapper.class, () -> JsonMapper.builder().build())
                .withBean(ObjectMapper.class, ObjectMapper::new)
                .run(context -> assertThat(context.getBean(CacheCodec.class)).isInstanceOf(Jackson3Codec.class));
    }

    @Test
    void theMapperOfJackson2IsUsedWhereItIsTheOnlyOne() {
        runner.withBean(ObjectMapper.class, ObjectMapper::new)
                .run(context -> assertThat(context.getBean(CacheCodec.class)).isInstanceOf(Jackson2Codec.class));
    }

    @Test
    void theMapperOfJackson2IsUsedWhereJackson3IsNotThere() {
        runner.withClassLoader(new FilteredClassLoader("tools.jackson"))
                .withBean(ObjectMapper.class, ObjectMapper::new)
                .run(context -> assertThat(context.getBean(CacheCodec.class)).isInstanceOf(Jackson2Codec.class));
    }

    @Test
    void theMapperOfJackson3IsUsedWhereJackson2IsNotThere() {
        runner.withClassLoader(new FilteredClassLoader("com.fasterxml.jackson.databind"))
                .withBean(JsonMapper.class, () -> JsonMapper.builder().build())
                .run(context -> assertThat(context.getBean(CacheCodec.class)).isInstanceOf(Jackson3Codec.class));
    }

    @Test
    void withoutAMapperThereIsACodecAndNoMapperIsAdded() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(CacheCodec.class)
                .doesNotHaveBean(ObjectMapper.class)
                .doesNotHaveBean(JsonMapper.class));
    }

    @Test
    void anApplicationsOwnCodecIsUsed() {
        runner.withBean(ObjectMapper.class, ObjectMapper::new)
                .withBean("own", CacheCodec.class, FixedCodec::new)
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", "anything");
                    assertThat(database.queryForString("select value from psycache"))
                            .isEqualTo("\"fixed\"");
                });
    }

    @Test
    void instrumentationsAreCalledInTheirOrder() {
        runner.withUserConfiguration(TwoInstrumentations.class).run(context -> {
            context.getBean(PostgresCache.class).get("key", String.class);
            assertThat(context.getBean(TwoInstrumentations.class).calls).containsExactly("first", "second");
        });
    }

    @Test
    void customizersHaveTheLastWord() {
        runner.withPropertyValues("psycache.default-ttl=10s")
                .withBean(PostgresCacheBuilderCustomizer.class, () -> builder -> builder.defaultTtl(Duration.ofDays(2)))
                .run(context -> {
                    context.getBean(PostgresCache.class).put("key", 1);
                    assertThat(database.queryForString("select expires_at > now() + interval '1 day' from psycache"))
                            .isEqualTo("t");
                });
    }

    @Test
    void customizersAreCalledInTheirOrder() {
        runner.withUserConfiguration(TwoCustomizers.class).run(context -> {
            context.getBean(PostgresCache.class).put("key", 1);
            assertThat(database.queryForString("select expires_at > now() + interval '1 day' from psycache"))
                    .isEqualTo("t");
        });
    }

    @Test
    void tablesAreMadeAfterTheApplicationsOwnMigrations(@TempDir Path folder) throws IOException {
        String schema = database.schema() + "_migrated";
        Path script = Files.writeString(folder.resolve("schema.sql"), "create schema " + schema);
        try {
            runner.withConfiguration(AutoConfigurations.of(BootClasses.sqlInitAutoConfiguration()))
                    .withPropertyValues(
                            "psycache.schema=" + schema,
                            "spring.sql.init.mode=always",
                            "spring.sql.init.schema-locations=" + script.toUri())
                    .run(context -> {
                        context.getBean(PostgresCache.class).put("key", 1);
                        assertThat(database.queryForLong("select count(*) from " + schema + ".psycache"))
                                .isEqualTo(1);
                    });
        } finally {
            database.execute("drop schema if exists " + schema + " cascade");
        }
    }

    @Test
    void thereIsNoExecutorThatWouldTakeThePlaceOfTheApplications() {
        runner.run(context -> assertThat(context).doesNotHaveBean(Executor.class));
    }

    private Databases databases() {
        return new Databases(database::unpooled, other::unpooled);
    }

    record Databases(Supplier<DataSource> first, Supplier<DataSource> second) {}

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {

        @Bean
        DataSource ofApplication(Databases databases) {
            return databases.first().get();
        }

        @Bean(defaultCandidate = false)
        @PsycacheDataSource
        DataSource ofCache(Databases databases) {
            return databases.second().get();
        }
    }

    @Configuration
    static class TwoInstrumentations {
        final List<String> calls = new ArrayList<>();

        @Bean
        @Order(2)
        CacheInstrumentation second() {
            return new Recording("second", calls);
        }

        @Bean
        @Order(1)
        CacheInstrumentation first() {
            return new Recording("first", calls);
        }
    }

    record Recording(String name, List<String> calls) implements CacheInstrumentation {
        @Override
        public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
            if (operation == Operation.GET) { // not the cleanup at the start
                calls.add(name);
            }
            return new Span() {};
        }
    }

    static final class FixedCodec implements CacheCodec {
        @Override
        public byte[] encode(@Nullable Object value, Type type) {
            return "\"fixed\"".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public @Nullable Object decode(byte[] json, Type type) {
            return "fixed";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoCustomizers {

        @Bean
        @Order(2)
        PostgresCacheBuilderCustomizer last() {
            return builder -> builder.defaultTtl(Duration.ofDays(2));
        }

        @Bean
        @Order(1)
        PostgresCacheBuilderCustomizer first() {
            return builder -> builder.defaultTtl(Duration.ofMinutes(2));
        }
    }
}
