package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CachePartition;
import io.psycache.PostgresCache;
import io.psycache.spring.HibernateTenants;
import io.psycache.testsupport.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.hibernate.annotations.TenantId;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Applications with tenants, whose cached methods name none. */
class TenantsTests {
    private static final ThreadLocal<String> TENANT = ThreadLocal.withInitial(() -> "one");

    @RegisterExtension
    private final TestDatabase one = TestDatabase.create();

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create();

    private final AtomicInteger computed = new AtomicInteger();

    @AfterEach
    void leave() {
        TENANT.remove();
    }

    private static void enter(String tenant) {
        TENANT.set(tenant);
    }

    @Configuration
    @EnableCaching
    @EnableTransactionManagement
    static class Application {}

    /** Reads the name of the tenant from its data. */
    interface Names {
        String plain(String key);

        String sync(String key);

        CompletableFuture<String> later(String key);

        CompletableFuture<String> laterSync(String key);

        void evict(String key);

        CompletableFuture<String> put(String key);
    }

    abstract static class CachedNames implements Names {
        private final AtomicInteger computed;

        CachedNames(AtomicInteger computed) {
            this.computed = computed;
        }

        abstract String read();

        private String computed() {
            computed.incrementAndGet();
            return read();
        }

        @Override
        @Cacheable("plain")
        public String plain(String key) {
            return computed();
        }

        @Override
        @Cacheable(cacheNames = "sync", sync = true)
        public String sync(String key) {
            return computed();
        }

        /** Reads on the thread of its caller, and is ready on another one. */
        @Override
        @Cacheable("later")
        public CompletableFuture<String> later(String key) {
            return readyElsewhere(computed());
        }

        @Override
        @Cacheable(cacheNames = "laterSync", sync = true)
        public CompletableFuture<String> laterSync(String key) {
            return readyElsewhere(computed());
        }

        @Override
        @Transactional
        @CacheEvict(
                cacheNames = {"plain", "sync", "later", "laterSync"},
                key = "#key")
        public void evict(String key) {}

        @Override
        @CachePut("later")
        public CompletableFuture<String> put(String key) {
            return readyElsewhere(computed());
        }

        private static CompletableFuture<String> readyElsewhere(String value) {
            return CompletableFuture.supplyAsync(
                    () -> value, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS));
        }
    }

    static class NamesInDatabases extends CachedNames {
        private final JdbcTemplate jdbc;

        NamesInDatabases(DataSource dataSource, AtomicInteger computed) {
            super(computed);
            this.jdbc = new JdbcTemplate(dataSource);
        }

        @Override
        String read() {
            return String.valueOf(jdbc.queryForObject("select name from tenant", String.class));
        }
    }

    private AbstractRoutingDataSource router() {
        AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
            @Override
            protected Object determineCurrentLookupKey() {
                return TENANT.get();
            }
        };
        router.setTargetDataSources(Map.of("one", one.dataSource(), "other", other.dataSource()));
        router.afterPropertiesSet();
        return router;
    }

    @Test
    void databasesThatARouterChooses() {
        one.execute("create table tenant as select 'one' as name");
        other.execute("create table tenant as select 'other' as name");
        DataSource router = router();
        BootClasses.runner()
                .withUserConfiguration(Application.class)
                .withBean(DataSource.class, () -> router)
                .withBean(JdbcTransactionManager.class, () -> new JdbcTransactionManager(router))
                .withBean(Names.class, () -> new NamesInDatabases(router, computed))
                .run(context -> tenantsHaveTheirOwn(context.getBean(Names.class)));
    }

    private void tenantsHaveTheirOwn(Names names) {
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            storesOnce(tenant, () -> names.plain("k"));
            storesOnce(tenant, () -> names.sync("k"));
            storesOnce(tenant, () -> names.later("k").join());
            storesOnce(tenant, () -> names.laterSync("k").join());
        }
        enter("one");
        names.evict("k");
        int before = computed.get();
        names.plain("k");
        names.laterSync("k").join();
        assertThat(computed.get() - before).as("evicted").isEqualTo(2);
        enter("other");
        names.plain("k");
        names.laterSync("k").join();
        assertThat(computed.get() - before).as("of the other tenant").isEqualTo(2);
        names.put("p").join();
        storesOnce("other", () -> names.later("p").join());
    }

    /** Once it is stored, which may happen behind the first caller. */
    private void storesOnce(String tenant, Supplier<String> call) {
        Awaitility.await().pollInSameThread().until(() -> {
            int before = computed.get();
            assertThat(call.get()).isEqualTo(tenant);
            return computed.get() == before;
        });
    }

    @Entity(name = "Named")
    static class Named {
        @Id
        private long id;

        private String name;

        @TenantId
        private String tenant;

        String name() {
            return name;
        }
    }

    static class NamesOfEntities extends CachedNames {
        @PersistenceContext
        private EntityManager manager;

        NamesOfEntities(AtomicInteger computed) {
            super(computed);
        }

        @Override
        String read() {
            return manager.createQuery("select n from Named n", Named.class)
                    .getSingleResult()
                    .name();
        }
    }

    static class Resolver implements CurrentTenantIdentifierResolver<String> {

        @Override
        public String resolveCurrentTenantIdentifier() {
            return TENANT.get();
        }

        @Override
        public boolean validateExistingCurrentSessions() {
            return false;
        }
    }

    private static LocalContainerEntityManagerFactoryBean factory(DataSource dataSource, boolean hasTenants) {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(dataSource);
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setManagedTypes(PersistenceManagedTypes.of(Named.class.getName()));
        if (hasTenants) {
            factory.getJpaPropertyMap().put(MultiTenancySettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new Resolver());
        }
        return factory;
    }

    @Configuration
    static class Jpa {

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            return factory(dataSource, true);
        }

        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }
    }

    private ApplicationContextRunner withEntities() {
        one.execute("create table Named (id bigint primary key, name text, tenant text);"
                + "insert into Named values (1, 'one', 'one'), (2, 'other', 'other')");
        return BootClasses.runner()
                .withUserConfiguration(Application.class, Jpa.class)
                .withBean(DataSource.class, one::dataSource)
                .withBean(Names.class, () -> new NamesOfEntities(computed));
    }

    @Test
    void tenantsOfHibernate() {
        withEntities().run(context -> {
            assertThat(context).hasSingleBean(HibernateTenants.class);
            tenantsHaveTheirOwn(context.getBean(Names.class));
        });
    }

    /** As a bean that the factory of entity managers needs, and that warms its cache when it is created. */
    @Test
    void aCallWhileTheFactoryIsBeingCreatedHasNoTenant() {
        one.execute("create table Named (id bigint primary key, name text, tenant text)");
        BootClasses.runner()
                .withBean(DataSource.class, one::dataSource)
                .withUserConfiguration(WarmedJpa.class)
                .run(context -> assertThat(one.queryForString("select key from psycache"))
                        .isEqualTo("warm"));
    }

    @Configuration
    static class WarmedJpa {

        @Bean
        static LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource, PostgresCache cache) {
            LocalContainerEntityManagerFactoryBean factory = factory(dataSource, true);
            factory.setEntityManagerFactoryInterface(EntityManagerFactory.class);
            cache.put("warm", "v");
            return factory;
        }
    }

    /** As under open-in-view, where a request may change its tenant after the session was opened. */
    @Test
    void aBoundSessionDecidesTheTenant() {
        withEntities().run(context -> {
            PostgresCache cache = context.getBean(PostgresCache.class);
            EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
            enter("one");
            cache.put("k", "one", Duration.ofMinutes(1));
            try (EntityManager manager = factory.createEntityManager()) {
                TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(manager));
                enter("other");
                assertThat(cache.get("k", String.class)).contains("one");
            } finally {
                TransactionSynchronizationManager.unbindResource(factory);
            }
            assertThat(cache.get("k", String.class)).isEmpty();
        });
    }

    @Test
    void yourOwnPartitionReplacesThatOfHibernate() {
        withEntities().withBean(CachePartition.class, () -> () -> "own").run(context -> {
            assertThat(context).doesNotHaveBean(HibernateTenants.class);
            context.getBean(PostgresCache.class).put("k", "v");
            assertThat(one.queryForString("select key from psycache")).isEqualTo("own\u001fk");
        });
    }

    @Test
    void withoutTenantsKeysAreAsTheyWere() {
        one.execute("create table Named (id bigint primary key, name text, tenant text)");
        try (HikariDataSource pool = one.newPool(5, true)) {
            BootClasses.runner().withBean(DataSource.class, () -> pool).run(context -> {
                context.getBean(PostgresCache.class).put("k", "v");
                assertThat(one.queryForString("select key from psycache")).isEqualTo("k");
            });
        }
    }

    @Test
    void thePartitionOfThreadsIsThatOfTheProperty() {
        BootClasses.runner()
                .withBean(DataSource.class, this::router)
                .withPropertyValues("psycache.partition=single")
                .run(context -> {
                    PostgresCache cache = context.getBean(PostgresCache.class);
                    enter("other");
                    @Nullable String before = cache.get("k", String.class).orElse(null);
                    assertThat(before).isNull();
                    assertThat(cache.inspection().settings().partition()).hasToString("SINGLE");
                });
    }
}
