package io.psycache.transaction;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.advice.CacheAdviceOrderConfigurer;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;

/** An application with one transaction manager on one pool, and others on the same tables, with a pool of their own. */
final class Application implements AutoCloseable {
    /** More than a busy machine needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final TestDatabase database = TestDatabase.create();
    final CountingDataSource pool;
    final PostgresCache cache;
    final PostgresCacheManager caches;
    final JdbcTemplate jdbc;

    private final PostgresCache othersCache;
    private final PostgresCacheManager othersCaches;
    private final ExecutorService othersThread = Executors.newSingleThreadExecutor();
    private final AnnotationConfigApplicationContext context;

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableTransactionManagement
    static class Annotations {}

    /** What makes the beans of a manager, and its pool. */
    interface Managed {
        void register(GenericApplicationContext context, DataSource dataSource);

        default DataSource pool(TestDatabase database, int size, boolean autoCommit) {
            return database.newPool(size, autoCommit);
        }
    }

    Application(int poolSize, boolean autoCommit, Managed managed) {
        PsycacheSchema.create(database.dataSource());
        database.execute("create table data (id bigint primary key, text text) with (fillfactor = 50)");
        pool = new CountingDataSource(managed.pool(database, poolSize, autoCommit));
        jdbc = new JdbcTemplate(pool);
        cache = PostgresCache.builder(pool)
                .partition(Partition.SINGLE)
                .timeout(PATIENCE)
                .build();
        caches = manager(cache);
        othersCache =
                PostgresCache.builder(database.dataSource()).timeout(PATIENCE).build();
        othersCaches = manager(othersCache);
        context = start(managed);
    }

    private static PostgresCacheManager manager(PostgresCache cache) {
        return PostgresCacheManager.builder(cache)
                .trustedPackages(List.of("io.psycache.transaction"))
                .build();
    }

    private AnnotationConfigApplicationContext start(Managed managed) {
        AnnotationConfigApplicationContext created = new AnnotationConfigApplicationContext();
        created.register(
                Annotations.class,
                DeclaredTypeCacheConfigurer.class,
                CacheAdviceOrderConfigurer.class,
                Transactions.Declared.class,
                Texts.class);
        created.registerBean(PostgresCacheManager.class, () -> caches);
        managed.register(created, pool);
        created.registerBean(
                Transactions.Programmatic.class,
                () -> new Transactions.Programmatic(created.getBean(PlatformTransactionManager.class)));
        created.refresh();
        return created;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    Transactions transactions(boolean declared) {
        return context.getBeansOfType(Transactions.class).values().stream()
                .filter(candidate -> candidate instanceof Transactions.Programmatic != declared)
                .findAny()
                .orElseThrow();
    }

    /** What someone does who is not in the transaction of the caller, and has another pool. */
    <T> T elsewhere(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, othersThread).join();
    }

    /** So that a test that no connection can satisfy ends soon, where those that there may be are there. */
    void limitWaitForAConnection() throws SQLException {
        HikariDataSource connections = (HikariDataSource) pool.getTargetDataSource();
        List<Connection> all = new ArrayList<>();
        while (all.size() < connections.getMaximumPoolSize()) {
            all.add(connections.getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
        connections.setConnectionTimeout(250);
    }

    PostgresCache othersCache() {
        return othersCache;
    }

    PostgresCacheManager othersCaches() {
        return othersCaches;
    }

    @Override
    public void close() {
        context.close();
        cache.close();
        othersCache.close();
        othersThread.shutdown();
        database.close();
    }
}
