package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.CacheRegion;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.testsupport.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.Table;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.orm.jpa.DefaultJpaDialect;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Loads that may return what a JPA persistence context read before them. */
@ExtendWith(OutputCaptureExtension.class)
class PersistenceContextTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    private final AnnotationConfigApplicationContext context = database.closing(context());
    private final Users users = context.getBean(Users.class);
    private final EntityManagerFactory factory = context.getBean(EntityManagerFactory.class);
    private final PostgresCacheManager manager = context.getBean(PostgresCacheManager.class);
    private final Cache cache = CacheFixture.cache(manager, "users");
    private final TransactionTemplate transaction =
            new TransactionTemplate(context.getBean(JpaTransactionManager.class));

    @Entity(name = "Account")
    @Table(name = "account")
    static class Account {
        @Id
        private long id;

        private String name;

        String name() {
            return name;
        }
    }

    static class Users {
        @PersistenceContext
        private EntityManager entities;

        String read(long id) {
            return entities.find(Account.class, id).name;
        }

        void rename(long id, String name) {
            entities.find(Account.class, id).name = name;
            entities.flush();
        }

        void clear() {
            entities.clear();
        }

        @Cacheable("users")
        public String name(long id) {
            return read(id);
        }

        @Cacheable(cacheNames = "users", sync = true)
        public String nameOnce(long id) {
            return read(id);
        }

        @CachePut("users")
        public String refresh(long id) {
            return read(id);
        }

        @Cacheable("users")
        public CompletableFuture<String> later(long id) {
            return CompletableFuture.completedFuture(read(id));
        }
    }

    @Configuration
    @EnableCaching
    static class Application {

        @Bean
        LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
            LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
            factory.setDataSource(dataSource);
            factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
            factory.setManagedTypes(PersistenceManagedTypes.of(Account.class.getName()));
            return factory;
        }

        @Bean
        JpaTransactionManager transactionManager(EntityManagerFactory factory) {
            return new JpaTransactionManager(factory);
        }

        @Bean
        static EntityManagerContexts contexts() {
            return new EntityManagerContexts();
        }

        @Bean
        PostgresCache cache(DataSource dataSource, EntityManagerContexts contexts) {
            return PostgresCache.builder(dataSource).readContexts(contexts).build();
        }

        @Bean
        CacheManager cacheManager(PostgresCache cache) {
            return PostgresCacheManager.builder(cache).build();
        }

        @Bean
        static DeclaredTypeCacheConfigurer types() {
            return new DeclaredTypeCacheConfigurer();
        }
    }

    private AnnotationConfigApplicationContext context() {
        PsycacheSchema.create(database.dataSource());
        database.execute("create table account (id bigint primary key, name text);"
                + "insert into account select n, 'old' from generate_series(1, 3) n");
        AnnotationConfigApplicationContext created = new AnnotationConfigApplicationContext();
        created.registerBean(DataSource.class, database::dataSource);
        created.register(Application.class, Users.class);
        created.refresh();
        return created;
    }

    /** As {@code OpenEntityManagerInViewInterceptor} does for a request. */
    private void inView(Runnable request) {
        EntityManager manager = factory.createEntityManager();
        TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(manager));
        try {
            request.run();
        } finally {
            TransactionSynchronizationManager.unbindResource(factory);
            EntityManagerFactoryUtils.closeEntityManager(manager);
        }
    }

    /** Another node, as it should be: data and eviction in one transaction. */
    private void commit(long id, String name) {
        CompletableFuture.runAsync(() -> new TransactionTemplate(transaction.getTransactionManager())
                        .executeWithoutResult(status -> {
                            jdbc.update("update account set name = ? where id = ?", name, id);
                            cache.evict(id);
                        }))
                .join();
    }

    private @Nullable Object cached(long id) {
        Cache.ValueWrapper found = cache.get(id);
        return found == null ? null : found.get();
    }

    static Stream<BiFunction<Users, Long, String>> loads() {
        return Stream.of(
                Users::name,
                Users::nameOnce,
                Users::refresh,
                (users, id) -> users.later(id).join());
    }

    private String getOrLoad(long id) {
        CacheRegion region = (CacheRegion) cache.getNativeCache();
        return (String)
                region.getOrLoad("users::" + id + "L", s -> String.class, v -> String.class, null, () -> users.read(id))
                        .value();
    }

    private PostgresCacheStatistics statistics() {
        return manager.getStatistics("users");
    }

    @ParameterizedTest
    @MethodSource("loads")
    void whatTheContextReadBeforeACommitIsNotStored(BiFunction<Users, Long, String> load) {
        inView(() -> {
            users.read(1);
            commit(1, "new");
            load.apply(users, 1L); // an asynchronous one, on another thread, has the new name
        });

        assertThat(cached(1)).isNull();
    }

    @Test
    void getOrLoadStoresNeither() {
        inView(() -> {
            users.read(1);
            commit(1, "new");
            assertThat(getOrLoad(1)).isEqualTo("old");
        });

        assertThat(cached(1)).isNull();
    }

    @ParameterizedTest
    @MethodSource("loads")
    void whatAContextWithATokenReadBeforeACommitIsNotStored(BiFunction<Users, Long, String> load) {
        inView(() -> {
            users.name(2);
            users.read(1);
            commit(1, "new");
            load.apply(users, 1L); // an asynchronous one, on another thread, has the new name
        });

        assertThat(cached(1)).isNull();
        assertThat(cached(2)).isEqualTo("old");
    }

    @ParameterizedTest
    @MethodSource("loads")
    void anEmptyContextStores(BiFunction<Users, Long, String> load) {
        inView(() -> {
            assertThat(load.apply(users, 1L)).isEqualTo("old");
            Awaitility.await().until(() -> "old".equals(cached(1)));
        });
    }

    @Test
    void laterMissesOfTheSameRequestStoreToo() {
        inView(() -> {
            users.name(1);
            users.nameOnce(2);
            users.refresh(3);
        });

        assertThat(Stream.of(1L, 2L, 3L).map(this::cached)).containsOnly("old");
        assertThat(statistics().getPuts()).isEqualTo(3);
    }

    @Test
    void aClearedContextIsEmpty() {
        inView(() -> {
            users.read(1);
            commit(1, "new");
            users.clear();
            assertThat(users.name(1)).isEqualTo("new");
        });

        assertThat(cached(1)).isEqualTo("new");
    }

    @Test
    void whatAContextReadsAfterAnUnseenClearIsOldEnough() {
        inView(() -> {
            users.name(2);
            users.clear();
            users.read(1);
            commit(1, "new");
            users.name(1);
        });

        assertThat(cached(1)).isNull();
    }

    @Test
    void ofTwoContextsTheOneThatReadBeforeDecides() {
        EntityManager second = factory.createEntityManager();
        Object key = new Object();
        second.find(Account.class, 1L);
        commit(1, "new");
        TransactionSynchronizationManager.bindResource(key, new EntityManagerHolder(second));
        inView(() -> users.name(1));
        TransactionSynchronizationManager.unbindResource(key);
        second.close();

        assertThat(cached(1)).isNull();
    }

    @Test
    void anEntityManagerDoesNotJoinATransactionBecauseItIsAsked() {
        TransactionTemplate plain = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        inView(() -> plain.executeWithoutResult(status -> {
            EntityManagerHolder holder = (EntityManagerHolder) TransactionSynchronizationManager.getResource(factory);
            assertThat(new EntityManagerContexts().bound()).hasSize(1).containsValue(true);
            assertThat(holder.getEntityManager().isJoinedToTransaction()).isFalse();
        }));
    }

    @Test
    void anotherProvidersContextIsNeverEmpty() {
        EntityManager unknown = (EntityManager) Proxy.newProxyInstance(
                EntityManager.class.getClassLoader(),
                new Class<?>[] {EntityManager.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isOpen" -> true;
                    case "getDelegate" -> proxy;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        TransactionSynchronizationManager.bindResource(unknown, new EntityManagerHolder(unknown));
        users.name(1);
        TransactionSynchronizationManager.unbindResource(unknown);

        assertThat(cached(1)).isNull();
        assertThat(statistics().getSkippedPuts()).isEqualTo(1);
        assertThat(statistics().getPuts()).isZero();
    }

    @Test
    void aCacheWarnsOnceOfEachReasonWhyItDoesNotStore(CapturedOutput output) {
        for (long id = 1; id <= 3; id++) {
            long written = id;
            transaction.executeWithoutResult(status -> {
                users.rename(written, "own");
                users.name(written);
                users.nameOnce(written);
            });
        }

        assertThat(output.getAll())
                .containsOnlyOnce(
                        "Cache 'users' does not store what a method returned, because the transaction has written before the"
                                + " call. Call the method before the transaction writes, or outside of it.");
        assertThat(statistics().getSkippedPuts()).isEqualTo(6);
    }

    @Test
    void inATransactionWhatItsContextReadBeforeACommitIsNotStored() {
        transaction.executeWithoutResult(status -> {
            users.read(1);
            commit(1, "new");
            assertThat(users.name(1)).isEqualTo("old");
        });
        context.getBean(PostgresCache.class).close(); // when what was queued has been put

        assertThat(cached(1)).isNull();
    }

    @Test
    void inATransactionAnEmptyContextStores() {
        transaction.executeWithoutResult(status -> {
            users.name(1);
            users.name(2);
        });

        Awaitility.await().until(() -> "old".equals(cached(1)) && "old".equals(cached(2)));
    }

    @Test
    void aTokenOfATransactionServesTheRequestAfterIt() {
        inView(() -> {
            transaction.executeWithoutResult(status -> users.name(1));
            users.name(2);
            users.read(3);
            commit(3, "new");
            users.name(3);
        });

        assertThat(cached(2)).isEqualTo("old");
        assertThat(cached(3)).isNull();
    }

    @Test
    void ownEvictionsAreNotUndoneByTheTokenFromBefore() {
        inView(() -> {
            users.name(2); // the token
            users.read(1);
            transaction.executeWithoutResult(status -> {
                jdbc.update("update account set name = 'own' where id = 1"); // past the context
                cache.evict(1L);
            });
            assertThat(users.name(1)).isEqualTo("old");
        });

        assertThat(cached(1)).isNull();
    }

    @Test
    void aSnapshotFromBeforeTheTokenDecides() {
        TransactionTemplate repeatable = new TransactionTemplate(transaction.getTransactionManager());
        repeatable.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        repeatable.executeWithoutResult(status -> {
            jdbc.queryForObject("select 1", Integer.class); // its snapshot
            commit(1, "new");
            assertThat(users.name(1)).isEqualTo("old");
        });
        context.getBean(PostgresCache.class).close();

        assertThat(cached(1)).isNull();
    }

    @Test
    void anEvictionInATransactionThatShowsNoConnectionComesOnceMoreAfterIt() {
        JpaTransactionManager blind = new JpaTransactionManager(factory);
        blind.setJpaDialect(new DefaultJpaDialect());
        new TransactionTemplate(blind).executeWithoutResult(status -> {
            users.rename(1, "new");
            cache.evict(1L);
            CompletableFuture.runAsync(() -> users.name(1)).join(); // the old name, and stores it
            assertThat(cached(1)).as("before the commit").isEqualTo("old");
        });

        Awaitility.await().until(() -> cached(1) == null);
        assertThat(users.name(1)).isEqualTo("new");
    }

    @Test
    void withoutAnEntityManagerNothingIsAsked() {
        assertThat(new EntityManagerContexts().bound()).isSameAs(Map.of());
    }

    @Test
    void controlACacheThatDoesNotAskServesTheOldEntity() {
        try (PostgresCache blind = PostgresCache.builder(database.dataSource()).build()) {
            inView(() -> {
                users.read(1);
                commit(1, "new");
                blind.getOrLoad("control", String.class, Duration.ofMinutes(1), () -> users.read(1));
            });
            assertThat(blind.get("control", String.class)).as("stale").contains("old");
        }
    }
}
