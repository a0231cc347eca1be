package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.PostgresCache;
import io.psycache.spring.CacheTags;
import io.psycache.spring.InvalidateTags;
import io.psycache.testsupport.TestDatabase;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/** An application as a user writes it: all auto-configurations on the class path, and a data source by its properties. */
class CachingApplicationTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void aCachedMethodRunsOnceAndItsResultIsPlainJsonInTheTable() {
        try (ConfigurableApplicationContext context = start()) {
            Catalog catalog = context.getBean(Catalog.class);
            List<Product> loaded = catalog.products("tea");
            assertThat(catalog.products("tea")).isEqualTo(loaded).isNotSameAs(loaded);
            assertThat(catalog.calls()).isEqualTo(1);
            assertThat(database.queryForString("select value from psycache"))
                    .isEqualTo("[{\"name\": \"tea\", \"price\": 4.20}]");
        }
    }

    @Test
    void anEvictionMakesItRunAgain() {
        try (ConfigurableApplicationContext context = start()) {
            Catalog catalog = context.getBean(Catalog.class);
            catalog.products("tea");
            catalog.changed("tea");
            catalog.products("tea");
            assertThat(catalog.calls()).isEqualTo(2);
        }
    }

    @Test
    void anAsynchronousMethodRunsOnce() {
        try (ConfigurableApplicationContext context = start()) {
            Catalog catalog = context.getBean(Catalog.class);
            Product loaded = catalog.cheapest().join();
            await().until(() -> database.queryForLong("select count(*) from psycache") == 1);
            assertThat(catalog.cheapest().join()).isEqualTo(loaded);
            assertThat(catalog.calls()).isEqualTo(1);
        }
    }

    @Test
    void theCacheIsWarmAfterARestart() {
        try (ConfigurableApplicationContext context = start()) {
            context.getBean(Catalog.class).products("tea");
        }
        try (ConfigurableApplicationContext context = start()) {
            Catalog catalog = context.getBean(Catalog.class);
            assertThat(catalog.products("tea")).containsExactly(new Product("tea", new BigDecimal("4.20")));
            assertThat(catalog.calls()).isEqualTo(0);
        }
    }

    @Test
    void theCacheWorksWithLazyInitialization() {
        try (ConfigurableApplicationContext context = start("--spring.main.lazy-initialization=true")) {
            PostgresCache cache = context.getBean(PostgresCache.class);
            cache.put("key", 1);
            assertThat(cache.get("key", Integer.class)).contains(1);
        }
    }

    @Test
    void anEvictionOfATransactionalMethodIsPartOfItsTransaction() {
        assertThat(evictionIsPartOfTheTransaction()).isTrue();
        assertThat(evictionIsPartOfTheTransaction("--spring.main.lazy-initialization=true"))
                .isTrue();
        assertThat(evictionIsPartOfTheTransaction("--spring.aop.auto=false")).isTrue();
        assertThat(evictionIsPartOfTheTransaction("--psycache.transaction.advice-order=spring"))
                .as("Spring's default")
                .isFalse();
    }

    private boolean evictionIsPartOfTheTransaction(String... arguments) {
        database.execute("create table if not exists data as select 'first' as v");
        try (ConfigurableApplicationContext context = start(arguments)) {
            context.getBean(Catalog.class).changed("tea", context.getBean(JdbcTemplate.class));
        }
        return database.queryForLong(
                        "select count(*) from psycache_invalidation i, data d where i.xid::text = d.xmin::text")
                == 1;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "spring.aop.auto=true",
                "spring.aop.auto=false",
                "spring.main.lazy-initialization=true",
                "psycache.transaction.advice-order=spring",
                "spring.cache.type=none"
            })
    void anInvalidationOfTagsIsPartOfTheTransaction(String property) {
        database.execute("create table data as select 'first' as v");
        try (ConfigurableApplicationContext context = start("--" + property)) {
            PostgresCache cache = context.getBean(PostgresCache.class);
            cache.withTags("product:tea").put("key", 1);
            context.getBean(Catalog.class).renamed("tea", context.getBean(JdbcTemplate.class));
            assertThat(cache.exists("key")).isFalse();
        }
        assertThat(database.queryForString("select xid::text from psycache_invalidation where tag = 't:product:tea'"))
                .isEqualTo(database.queryForString("select xmin::text from data"));
    }

    @Test
    void aTagReachesWhatIsCached() {
        try (ConfigurableApplicationContext context = start()) {
            Catalog catalog = context.getBean(Catalog.class);
            catalog.products("tea");
            context.getBean(PostgresCache.class).invalidateTags("product:tea");
            catalog.products("tea");
            assertThat(catalog.calls()).isEqualTo(2);
        }
    }

    private ConfigurableApplicationContext start(String... arguments) {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.hikari.maximum-pool-size=4",
                        "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration")
                .run(arguments);
    }

    record Product(String name, BigDecimal price) {}

    static class Catalog {
        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @Cacheable("products")
        @CacheTags("#{#result.!['product:' + name]}")
        public List<Product> products(String name) {
            calls.incrementAndGet();
            return List.of(new Product(name, new BigDecimal("4.20")));
        }

        @CacheEvict("products")
        public void changed(String name) {}

        @Transactional
        @CacheEvict(cacheNames = "products", key = "#name")
        public void changed(String name, JdbcTemplate jdbc) {
            jdbc.update("update data set v = 'changed'");
        }

        @Transactional
        @InvalidateTags("product:#{#name}")
        public void renamed(String name, JdbcTemplate jdbc) {
            jdbc.update("update data set v = 'renamed'");
        }

        @Cacheable("cheapest")
        public CompletableFuture<Product> cheapest() {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture(new Product("water", BigDecimal.ONE));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        @Bean
        Catalog catalog() {
            return new Catalog();
        }
    }
}
