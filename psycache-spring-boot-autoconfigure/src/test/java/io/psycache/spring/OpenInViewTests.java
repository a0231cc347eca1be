package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.ReadContexts;
import io.psycache.spring.PersistenceContextTests.Account;
import io.psycache.testsupport.TestDatabase;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cache.Cache;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.orm.jpa.EntityManagerFactoryUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.EntityManagerProxy;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Requests that read an entity before their cached call, as under open-in-view. A commit of another node comes anywhere among their
 * steps.
 */
class OpenInViewTests {
    private static final long ID = 1;
    private static final int NEVER = -1;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final JdbcTemplate jdbc = new JdbcTemplate(database.dataSource());
    private final List<EntityManager> initialized = new ArrayList<>();
    private Consumer<EntityManager> own = manager -> {};
    private final EntityManagerContexts contexts = new EntityManagerContexts();
    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private EntityManagerFactory factory;
    private JpaTransactionManager transactions;

    @BeforeEach
    void start() {
        PsycacheSchema.create(database.dataSource());
        database.execute(
                "create table account (id bigint primary key, name text); insert into account values (1, '0')");
        factory = factory(database.dataSource());
        transactions = new JpaTransactionManager(factory);
    }

    private EntityManagerFactory factory(DataSource dataSource) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.addBeanPostProcessor(contexts);
        LocalContainerEntityManagerFactoryBean bean = new LocalContainerEntityManagerFactoryBean();
        bean.setDataSource(dataSource);
        bean.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        bean.setManagedTypes(PersistenceManagedTypes.of(Account.class.getName()));
        bean.setEntityManagerInitializer(manager -> {
            initialized.add(manager);
            own.accept(manager);
        });
        beans.initializeBean(bean, "entityManagerFactory");
        return bean.getObject();
    }

    @AfterEach
    void end() {
        writer.shutdown();
        factory.close();
    }

    /** What a request does, with another node's steps before each of its own. */
    private final class Request {
        private final Cache cache;
        private final int evicts;
        private final int commits;
        private int step;
        private @Nullable TransactionStatus open;

        Request(Cache cache, int evicts, int commits) {
            this.cache = cache;
            this.evicts = evicts;
            this.commits = commits;
        }

        private void next() {
            await(() -> {
                if (step == evicts) {
                    open = transactions.getTransaction(new DefaultTransactionDefinition());
                    jdbc.update("update account set name = ? where id = ?", evicts + "-" + commits, ID);
                    cache.evict(ID);
                }
                if (step == commits && open != null) {
                    transactions.commit(open);
                }
            });
            step++;
        }

        private void await(Runnable work) {
            try {
                writer.submit(work).get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        void run(BiConsumer<EntityManager, Cache> afterRead) {
            next();
            EntityManager manager = factory.createEntityManager();
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(manager));
            try {
                next();
                manager.find(Account.class, ID);
                next();
                afterRead.accept(manager, cache);
                next();
                cache.get(ID, () -> {
                    next();
                    return manager.find(Account.class, ID).name();
                });
                next();
            } finally {
                TransactionSynchronizationManager.unbindResource(factory);
                EntityManagerFactoryUtils.closeEntityManager(manager);
            }
        }
    }

    /** How many interleavings, with one commit and without, leave a value in the cache, and how many of these are stale. */
    private int[] storedAndStale(ReadContexts readContexts, BiConsumer<EntityManager, Cache> afterRead) {
        int stored = 0;
        int stale = 0;
        try (PostgresCache postgres = PostgresCache.builder(database.dataSource())
                .readContexts(readContexts)
                .build()) {
            Cache cache = PostgresCacheManager.builder(postgres).build().getCache("accounts");
            for (int evicts = NEVER; evicts <= 5; evicts++) {
                for (int commits = evicts; commits <= (evicts == NEVER ? NEVER : 5); commits++) {
                    cache.get("received before", () -> "a token");
                    cache.evict("received before");
                    new Request(cache, evicts, commits).run(afterRead);
                    Cache.ValueWrapper found = cache.get(ID);
                    stored += found == null ? 0 : 1;
                    stale += found == null || name().equals(found.get()) ? 0 : 1;
                    cache.evict(ID);
                }
            }
        }
        return new int[] {stored, stale};
    }

    private String name() {
        return database.queryForString("select name from account");
    }

    @Test
    void noCommitAmongTheStepsOfARequestLeavesAStaleValue() {
        assertThat(storedAndStale(contexts, (manager, cache) -> {}))
                .as("stored, stale")
                .containsExactly(1, 0);
    }

    @Test
    void controlAFreshTokenStoresWhatWasReadBeforeTheCommit() {
        assertThat(storedAndStale(Map::of, (manager, cache) -> {})[1]).isPositive();
    }

    /** As a token that was on its way when the context opened would be. */
    @Test
    void controlATokenThatIsReceivedAfterTheReadStoresWhatWasReadBeforeTheCommit() {
        EntityManagerContexts late = new EntityManagerContexts();
        List<Consumer<Object>> listeners = new ArrayList<>();
        ReadContexts told = new ReadContexts() {
            @Override
            public Map<?, Boolean> bound() {
                return late.bound();
            }

            @Override
            public Runnable onOpen(Consumer<Object> listener) {
                listeners.add(listener);
                return () -> {};
            }
        };
        assertThat(storedAndStale(told, (manager, cache) -> {
                    cache.get("received after", () -> "a token");
                    EntityManager target = ((EntityManagerProxy) manager).getTargetEntityManager();
                    listeners.forEach(listener -> listener.accept(target));
                })[1])
                .isPositive();
    }

    @Test
    void aRequestThatReadsAnEntityFirstStores() {
        try (PostgresCache postgres = PostgresCache.builder(database.dataSource())
                .readContexts(contexts)
                .build()) {
            Cache cache = PostgresCacheManager.builder(postgres).build().getCache("accounts");
            Awaitility.await().until(() -> {
                new Request(cache, NEVER, NEVER).run((manager, its) -> {});
                return cache.get(ID) != null;
            });
        }
    }

    /** It may read. */
    @Test
    void yourInitializerOfEntityManagersRunsOnceTheContextIsKnown() {
        try (PostgresCache postgres = PostgresCache.builder(database.dataSource())
                .readContexts(contexts)
                .build()) {
            Cache cache = PostgresCacheManager.builder(postgres).build().getCache("accounts");
            cache.get("received before", () -> "a token");
            own = manager -> {
                own = later -> {}; // of the other node's context
                manager.find(Account.class, ID);
                new Request(cache, 0, 0).next();
                cache.get("received after", () -> "a token");
            };
            new Request(cache, NEVER, NEVER).run((manager, its) -> {});

            assertThat(name()).isEqualTo("0-0");
            assertThat(cache.get(ID)).isNull();
        }
    }

    /** Its connection is that of the transaction, which sees what was committed when it began. */
    @Test
    void aContextThatOpensInATransactionOfOneSnapshotAndOutlivesItStoresNothing() {
        EntityManagerFactory shared = factory(new TransactionAwareDataSourceProxy(database.dataSource()));
        TransactionTemplate repeatable =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        repeatable.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        try (PostgresCache postgres = PostgresCache.builder(database.dataSource())
                .readContexts(contexts)
                .build()) {
            Cache cache = PostgresCacheManager.builder(postgres).build().getCache("accounts");
            EntityManager kept = repeatable.execute(status -> {
                jdbc.queryForObject("select 1", Integer.class); // its snapshot
                new Request(cache, 0, 0).next();
                CompletableFuture.runAsync(() -> cache.get("received after", () -> "a token"))
                        .join();
                EntityManager manager = shared.createEntityManager();
                manager.find(Account.class, ID);
                return manager;
            });
            TransactionSynchronizationManager.bindResource(shared, new EntityManagerHolder(kept));
            cache.get(ID, () -> kept.find(Account.class, ID).name());
            TransactionSynchronizationManager.unbindResource(shared);
            kept.close();
            shared.close();

            assertThat(name()).isEqualTo("0-0");
            assertThat(cache.get(ID)).isNull();
        }
    }

    @Test
    void yourInitializerOfEntityManagersStillRuns() {
        EntityManager manager = factory.createEntityManager();
        manager.close();
        assertThat(initialized).hasSize(1);
    }
}
