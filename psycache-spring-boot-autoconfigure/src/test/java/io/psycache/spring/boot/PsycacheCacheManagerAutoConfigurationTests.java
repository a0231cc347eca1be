package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.spring.advice.InvalidateTagsConfigurer;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.NamedCacheResolver;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

class PsycacheCacheManagerAutoConfigurationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final ApplicationContextRunner runner =
            BootClasses.runner().withBean(DataSource.class, database::unpooled).withUserConfiguration(Caching.class);

    @Test
    void theManagerComesBeforeThatOfBoot() {
        runner.run(context -> assertThat(context)
                .hasSingleBean(CacheManager.class)
                .hasSingleBean(PostgresCacheManager.class)
                .hasSingleBean(DeclaredTypeCacheConfigurer.class)
                .hasSingleBean(InvalidateTagsConfigurer.class)
                .hasBean("cacheManager"));
    }

    @Test
    void theManagerCanBeInjectedWhereAnnotationsAreNotEnabled() {
        BootClasses.runner()
                .withBean(DataSource.class, database::unpooled)
                .run(context -> assertThat(context).hasSingleBean(PostgresCacheManager.class));
    }

    @ParameterizedTest
    @CsvSource({"simple,ConcurrentMapCacheManager", "none,NoOpCacheManager"})
    void anotherTypeOfSpringsCacheTakesThePlaceOfTheManagerOnly(String type, String manager) {
        runner.withPropertyValues("spring.cache.type=" + type).run(context -> {
            assertThat(context).hasSingleBean(PostgresCache.class).doesNotHaveBean(PostgresCacheManager.class);
            assertThat(context.getBean(CacheManager.class).getClass().getSimpleName())
                    .isEqualTo(manager);
        });
    }

    /** Of the caches in a process Boot prefers Caffeine, which psycache brings, to maps. */
    @ParameterizedTest
    @CsvSource({"'',CaffeineCacheManager", "simple,ConcurrentMapCacheManager"})
    void wherePsycacheIsOffBootChoosesAmongTheCachesOfTheClassPath(String type, String manager) {
        runner.withPropertyValues("psycache.enabled=false", "spring.cache.type=" + type)
                .run(context -> assertThat(
                                context.getBean(CacheManager.class).getClass().getSimpleName())
                        .isEqualTo(manager));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "caffeine", "jcache", "generic", "NONE"})
    void anotherTypeIsNeverOurs(String type) {
        runner.withPropertyValues("spring.cache.type=" + type)
                .run(context -> assertThat(context.getStartupFailure() != null
                                || context.getBeansOfType(PostgresCacheManager.class)
                                        .isEmpty())
                        .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"psycache", "PSYCACHE", ""})
    void theTypeCanBeOursOrEmpty(String type) {
        runner.withPropertyValues("spring.cache.type=" + type)
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(PostgresCacheManager.class));
    }

    @Test
    void theConditionReportSaysWhyThereIsNoManager() {
        runner.withPropertyValues("spring.cache.type=simple")
                .run(context ->
                        assertThat(Reports.of(context)).contains("psycache cache type spring.cache.type is simple"));
    }

    @Test
    void withoutTheCacheNoTagsAreInvalidated() {
        runner.withPropertyValues("psycache.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(InvalidateTagsConfigurer.class));
    }

    @Test
    void anApplicationsOwnManagerIsTheOnlyOne() {
        runner.withBean(CacheManager.class, ConcurrentMapCacheManager::new).run(context -> {
            assertThat(context).hasSingleBean(CacheManager.class).doesNotHaveBean(PostgresCacheManager.class);
            assertThat(context).hasSingleBean(PostgresCache.class);
        });
    }

    @Test
    void anApplicationsOwnResolverTakesThePlaceOfTheManager() {
        BootClasses.runner()
                .withBean(DataSource.class, database::unpooled)
                .withBean(
                        "cacheResolver",
                        CacheResolver.class,
                        () -> new NamedCacheResolver(new NoOpCacheManager(), "cache"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CacheManager.class));
    }

    @Test
    void cachesAreMadeOnDemandWithTheSettingsOfAll() {
        runner.withPropertyValues("psycache.key-prefix=shop:", "psycache.default-ttl=never")
                .run(context -> {
                    put(context.getBean(CacheManager.class), "users");
                    assertThat(database.queryForString("select key from psycache"))
                            .startsWith("shop:users");
                    assertThat(database.queryForString("select expires_at from psycache"))
                            .isEqualTo("infinity");
                });
    }

    @Test
    void aCacheHasItsOwnSettingsAndElseThoseOfAll() {
        runner.withPropertyValues(
                        "psycache.key-prefix=shop:",
                        "psycache.caches.users.ttl=2d",
                        "psycache.caches.users.cache-null-values=false",
                        "psycache.caches[a.b].key-prefix=other:")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("users", "a.b");
                    put(manager, "users");
                    put(manager, "a.b");
                    assertThat(database.queryForLong("select count(*) from psycache where key like 'shop:users%'"
                                    + " and expires_at > now() + interval '1 day'"))
                            .isEqualTo(1);
                    assertThat(database.queryForLong("select count(*) from psycache where key like 'other:a.b%'"
                                    + " and expires_at < now() + interval '1 day'"))
                            .isEqualTo(1);
                });
    }

    @Test
    void whatACacheDoesInTransactionsIsItsOwnOrAsForAll() {
        runner.withPropertyValues(
                        "psycache.transaction.serializable=join",
                        "psycache.caches.users.transaction.serializable=bypass")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    put(manager, "users");
                    put(manager, "orders");
                    TransactionTemplate serializable = new TransactionTemplate(
                            new DataSourceTransactionManager(context.getBean(DataSource.class)));
                    serializable.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
                    serializable.executeWithoutResult(status -> {
                        assertThat(isHit(manager, "users")).isFalse();
                        assertThat(isHit(manager, "orders")).isTrue();
                    });
                    assertThat(isHit(manager, "users")).as("after it").isTrue();
                });
    }

    private static boolean isHit(CacheManager manager, String name) {
        return Objects.requireNonNull(manager.getCache(name)).get("key") != null;
    }

    @Test
    void theNamesOfBootsPropertyAreTheWholeList() {
        runner.withPropertyValues(
                        "spring.cache.cache-names=users,orders",
                        "psycache.caches.users.ttl=2d",
                        "psycache.caches.more.ttl=1d")
                .run(context -> {
                    CacheManager manager = context.getBean(CacheManager.class);
                    assertThat(manager.getCacheNames()).containsExactlyInAnyOrder("users", "orders", "more");
                    assertThat(manager.getCache("unknown")).isNull();
                });
    }

    @Test
    void customizersHaveTheLastWord() {
        runner.withPropertyValues("psycache.default-ttl=10s")
                .withBean(
                        PostgresCacheManagerBuilderCustomizer.class,
                        () -> builder -> builder.cache(
                                "users", PostgresCacheConfiguration.defaults().entryTtl(Duration.ofDays(2))))
                .run(context -> {
                    put(context.getBean(CacheManager.class), "users");
                    assertThat(database.queryForString("select expires_at > now() + interval '1 day' from psycache"))
                            .isEqualTo("t");
                });
    }

    @Test
    void customizersAreCalledInTheirOrder() {
        runner.withUserConfiguration(TwoCustomizers.class).run(context -> {
            put(context.getBean(CacheManager.class), "users");
            assertThat(database.queryForString("select expires_at > now() + interval '1 day' from psycache"))
                    .isEqualTo("t");
        });
    }

    private static void put(CacheManager manager, String name) {
        Objects.requireNonNull(manager.getCache(name)).put("key", "value");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    @Configuration(proxyBeanMethods = false)
    static class TwoCustomizers {

        @Bean
        @Order(2)
        PostgresCacheManagerBuilderCustomizer last() {
            return builder ->
                    builder.cache("users", PostgresCacheConfiguration.defaults().entryTtl(Duration.ofDays(2)));
        }

        @Bean
        @Order(1)
        PostgresCacheManagerBuilderCustomizer first() {
            return builder ->
                    builder.cache("users", PostgresCacheConfiguration.defaults().entryTtl(Duration.ofMinutes(2)));
        }
    }
}
