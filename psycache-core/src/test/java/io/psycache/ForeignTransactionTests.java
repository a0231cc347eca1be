package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that can't carry an invalidation, or are not of the cache's database. */
class ForeignTransactionTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private HikariDataSource pool;
    private PostgresCache cache;
    private JdbcTemplate jdbc;
    private TransactionTemplate transaction;

    private void open(int size, boolean autoCommit) {
        pool = database.newPool(size, autoCommit);
        cache = database.closing(
                PostgresCache.builder(pool).timeout(Duration.ofSeconds(5)).build());
        jdbc = new JdbcTemplate(pool);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        database.execute("create table data (v text)");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evictAfterTheCommitIsNotLost(boolean autoCommit) {
        open(1, autoCommit);
        cache.put("k", "old", TTL);
        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('new')");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    cache.remove("k");
                }
            });
        });
        await().untilAsserted(() -> assertThat(cache.get("k", String.class)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evictAfterTheCompletionIsNotLost(boolean autoCommit) {
        open(1, autoCommit);
        cache.put("k", "old", TTL);
        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('new')");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCompletion(int outcome) {
                    cache.remove("k");
                }
            });
        });
        await().untilAsserted(() -> assertThat(cache.get("k", String.class)).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void evictInAReadOnlyTransactionIsMadeAfterIt(boolean autoCommit) {
        open(1, autoCommit);
        cache.withTags("t").put("k", "old", TTL);
        cache.putAll(Map.of("k2", "old", "k3", "old", "k4", "old"), TTL);
        transaction.setReadOnly(true);
        transaction.executeWithoutResult(status -> {
            cache.remove("k2");
            cache.invalidateTags("t");
            cache.put("k3", "v", TTL);
            cache.removeByPrefix("k4");
            jdbc.queryForList("select 1");
        });
        await().untilAsserted(() -> assertThat(cache.getAll(List.of("k", "k2", "k3", "k4"), String.class))
                .containsExactly(Map.entry("k3", "v")));
    }

    @Test
    void transactionOfAnotherDatabaseIsNoneHere() {
        open(2, true);
        cache.put("k", "v", TTL);
        TransactionTemplate other =
                new TransactionTemplate(new DataSourceTransactionManager(database.newPool(1, true)));
        other.executeWithoutResult(status -> {
            jdbc.queryForList("select 1");
            assertThat(cache.get("k", String.class)).hasValue("v");
            assertThat(cache.getOrLoad("l", String.class, () -> "loaded")).isEqualTo("loaded");
            cache.remove("k");
        });
        await().untilAsserted(() -> assertThat(cache.get("l", String.class)).hasValue("loaded"));
        assertThat(cache.get("k", String.class)).isEmpty();
    }

    @Test
    void serializableTransactionsThatPutAndInvalidateDoNotFail() {
        open(3, true);
        cache.region("r").put("k", "v", String.class, TTL);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        TransactionTemplate second = new TransactionTemplate(new DataSourceTransactionManager(pool));
        second.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);
        second.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        transaction.executeWithoutResult(outer -> {
            cache.region("r").invalidate();
            cache.put("a", "v", TTL);
            second.executeWithoutResult(inner -> {
                cache.region("r").invalidate();
                cache.put("b", "v", TTL);
            });
        });
    }

    @Test
    void putAllInATransactionStoresAllAfterTheCommit() {
        open(2, true);
        Map<String, String> many = new LinkedHashMap<>();
        IntStream.range(0, 2_500).forEach(i -> many.put("k" + i, "v" + i));
        transaction.executeWithoutResult(status -> cache.putAll(many, TTL));
        await().untilAsserted(() ->
                assertThat(cache.getAll(many.keySet(), String.class)).hasSize(2_500));
    }

    @Test
    void manyPutsOfOneTransactionAreAllStoredAfterTheCommit() {
        open(2, true);
        List<String> keys = IntStream.range(0, 1_500).mapToObj(i -> "k" + i).toList();
        transaction.executeWithoutResult(status -> {
            new TransactionTemplate(transaction.getTransactionManager(), requiresNew())
                    .executeWithoutResult(inner -> cache.put("inner", 1, TTL));
            keys.forEach(key -> cache.getOrLoad(key, Integer.class, TTL, () -> 1));
            cache.put("last", 1, TTL);
        });
        await().untilAsserted(
                        () -> assertThat(cache.getAll(keys, Integer.class)).hasSize(1_500));
        assertThat(cache.getAll(List.of("last", "inner"), Integer.class)).hasSize(2);
    }

    private static TransactionDefinition requiresNew() {
        return new DefaultTransactionDefinition(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Test
    void validateBeginsANewEpochWhereTheTablesCameFromElsewhere() {
        open(2, true);
        cache.put("k", "v", TTL);
        database.execute("update psycache_epoch set origin = '1/2/3'");
        PsycacheSchema.validate(database.dataSource(), "", "psycache");
        assertThat(cache.get("k", String.class)).isEmpty();
    }

    @Test
    void callerInATransactionOfAnotherDatabaseDoesNotWaitForALoad() throws Exception {
        open(2, true);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        Future<String> leader = threads.submit(() -> cache.getOrLoad("k", String.class, () -> {
            loading.countDown();
            released.await();
            return "slow";
        }));
        loading.await();
        Future<String> inTransaction = threads.submit(
                () -> new TransactionTemplate(new DataSourceTransactionManager(database.newPool(1, true)))
                        .execute(status -> cache.getOrLoad("k", String.class, () -> "own")));
        try {
            assertThat(inTransaction.get(5, TimeUnit.SECONDS)).isEqualTo("own");
        } finally {
            released.countDown();
            threads.shutdown();
        }
        assertThat(leader.get(5, TimeUnit.SECONDS)).isEqualTo("slow");
    }
}
