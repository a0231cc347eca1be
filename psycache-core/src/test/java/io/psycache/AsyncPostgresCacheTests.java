package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The asynchronous cache keeps the contract, and what it has beyond it. */
class AsyncPostgresCacheTests extends PostgresCacheContract {
    private final HikariDataSource pool = database.newPool(2, true);

    private PostgresCache sync;
    private AsyncPostgresCache async;

    @Override
    DataSource dataSource() {
        return pool;
    }

    @Override
    @BeforeEach
    void open() {
        super.open();
        sync = cache;
        async = cache.async();
        cache = AsyncAsSync.of(sync);
    }

    @Test
    void tenThousandGetsAreOutstandingOnTwoConnections() throws Exception {
        for (int i = 0; i < 10; i++) {
            sync.put("k" + i, i, TTL);
        }
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 10_000)
                .mapToObj(i -> async.get("k" + i % 10, Integer.class).thenApply(found -> found.orElse(-1)))
                .toList();

        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i % 10);
        }
    }

    @Test
    void whoBlocksCallbacksDoesNotStallTheLanes() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<Void>> blocked = new ArrayList<>();
        try (Connection holder = database.dataSource().getConnection();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("lock table psycache in access exclusive mode"); // no get ends before it has its callback
            for (int i = 0; i < 20; i++) {
                blocked.add(async.get("k", Integer.class).thenAccept(found -> uninterruptibly(release)));
            }
            holder.rollback();
        }

        sync.put("k", 1, TTL);
        assertThat(sync.get("k", Integer.class)).contains(1);
        release.countDown();
        for (CompletableFuture<Void> future : blocked) {
            future.get(60, TimeUnit.SECONDS);
        }
    }

    private static void uninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void callbacksMayWaitForOtherFutures() throws Exception {
        sync.put("k", 1, TTL);
        List<CompletableFuture<Integer>> futures = IntStream.range(0, 100)
                .mapToObj(i -> async.get("absent" + i, Integer.class)
                        .thenApply(found -> async.get("k", Integer.class).join().orElseThrow()))
                .toList();

        for (CompletableFuture<Integer> future : futures) {
            assertThat(future.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void oneLoadForThoseWhoWaitAndThoseWhoAreTold() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Integer> first = async.getOrLoad("k", Integer.class, () -> {
            loads.incrementAndGet();
            begun.countDown();
            return loading;
        });
        begun.await();
        CompletableFuture<Integer> second = async.getOrLoad("k", Integer.class, () -> {
            loads.incrementAndGet();
            return CompletableFuture.completedFuture(2);
        });
        Thread waiter = new Thread(() -> sync.getOrLoad("k", Integer.class, loads::incrementAndGet));
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.WAITING);
        loading.complete(7);

        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        waiter.join();
        assertThat(loads).hasValue(1);
    }

    @Test
    void aWaiterOfAFencedLoadGetsAgain() throws Exception {
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Integer> first = async.getOrLoad("k", Integer.class, () -> {
            begun.countDown();
            return loading;
        });
        begun.await();
        sync.remove("k"); // the change commits; whoever begins now must see 2
        CompletableFuture<Integer> second =
                async.getOrLoad("k", Integer.class, () -> CompletableFuture.completedFuture(2));
        loading.complete(1);

        assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(sync.get("k", Integer.class)).contains(2);
    }

    @Test
    void whoCancelsItsLoadLeavesTheKeyToOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Integer> never = async.getOrLoad("k", Integer.class, () -> {
            begun.countDown();
            return new CompletableFuture<>();
        });
        begun.await();
        CompletableFuture<Integer> other =
                async.getOrLoad("k", Integer.class, () -> CompletableFuture.completedFuture(2));
        never.cancel(true);

        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void whatIsMissingOfManyKeysIsLoadedByOneCallThatBlocksNobody() throws Exception {
        sync.put("a", 1, TTL);
        List<Set<String>> asked = new ArrayList<>();
        CompletableFuture<Map<String, Integer>> loading = new CompletableFuture<>();
        CompletableFuture<Map<String, Integer>> all =
                async.getAllOrLoad(List.of("b", "a", "c"), Integer.class, TTL, missing -> {
                    asked.add(missing);
                    return loading;
                });
        assertThat(all).isNotDone();
        loading.complete(Map.of("b", 2, "other", 3));

        assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(Map.of("b", 2, "a", 1));
        assertThat(asked).containsExactly(Set.of("b", "c"));
        assertThat(sync.getAll(List.of("a", "b", "c", "other"), Integer.class)).isEqualTo(Map.of("a", 1, "b", 2));
    }

    @Test
    void whatWasInvalidatedWhileManyKeysLoadedIsNotStored() throws Exception {
        CompletableFuture<Map<String, Integer>> all = async.getAllOrLoad(
                List.of("a", "b"),
                Integer.class,
                TTL,
                missing -> CompletableFuture.supplyAsync(() -> {
                    sync.remove("a");
                    return Map.of("a", 1, "b", 2);
                }));

        assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(Map.of("a", 1, "b", 2));
        assertThat(sync.getAll(List.of("a", "b"), Integer.class)).isEqualTo(Map.of("b", 2));
    }

    @Test
    void theFailureOfALoadOfManyKeysReachesTheFuture() {
        IllegalStateException failure = new IllegalStateException("no values");

        assertThatThrownBy(() -> async.getAllOrLoad(
                                List.of("a"), Integer.class, TTL, missing -> CompletableFuture.failedFuture(failure))
                        .get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(CacheLoadException.class)
                .cause()
                .isSameAs(failure);
        assertThatThrownBy(() -> async.getAllOrLoad(List.of("a"), Integer.class, TTL, missing -> null)
                        .get(60, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }

    /** Called by its name, as the JDK that compiles this has none. */
    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aThousandVirtualThreadsShareTwoConnections() throws Exception {
        sync.put("k", 1, TTL);
        ExecutorService threads = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                String key = "load" + i % 10;
                results.add(threads.submit(() ->
                        sync.get("k", Integer.class).orElseThrow() + sync.getOrLoad(key, Integer.class, () -> 1)));
            }
            for (Future<Integer> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(2);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void failuresReachTheFutureAsTheyAre() {
        IllegalStateException failure = new IllegalStateException("no value");
        CompletableFuture<Integer> failed =
                async.getOrLoad("k", Integer.class, () -> CompletableFuture.failedFuture(failure));
        CompletableFuture<Integer> none = async.getOrLoad("other", Integer.class, () -> null);
        sync.put("k2", "text", TTL);

        assertThatThrownBy(() -> failed.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(CacheLoadException.class)
                .cause()
                .isSameAs(failure);
        assertThatThrownBy(() -> none.get(60, TimeUnit.SECONDS))
                .rootCause()
                .hasMessageContaining("null instead of a future");
        assertThatThrownBy(() -> async.get("k2", User.class).get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(CacheValueException.class);
    }

    @Test
    void aValueThatCannotBeStoredFailsTheFuture() {
        String refused = "nul \0";
        for (CompletableFuture<?> put : List.of(async.put("k", refused, TTL), async.putIfAbsent("k", refused, TTL))) {
            assertThatThrownBy(() -> put.get(60, TimeUnit.SECONDS)).cause().isInstanceOf(CacheValueException.class);
        }
    }

    @Test
    void inATransactionGetsAreMissesAndOtherOperationsArePartOfIt() {
        sync.put("a", 1, TTL);
        sync.put("b", 1, TTL);
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource()));

        transaction.executeWithoutResult(status -> {
            assertThat(async.get("a", Integer.class).getNow(null)).isEmpty();
            assertThat(async.getAll(List.of("a", "b"), Integer.class).getNow(null))
                    .isEmpty();
            assertThat(async.exists("a").getNow(null)).isFalse();
            assertThat(async.getOrLoad("c", Integer.class, () -> CompletableFuture.completedFuture(3))
                            .getNow(null))
                    .isEqualTo(3);
            assertThat(async.remove("a").getNow(null)).isTrue();
            async.putAll(Map.of("b", 2), TTL).join();
            status.setRollbackOnly();
        });

        assertThat(sync.getAll(List.of("a", "b", "c"), Integer.class)).isEqualTo(Map.of("a", 1, "b", 1));
    }

    @Test
    void aClosedCacheFailsFutures() {
        sync.close();

        assertThatThrownBy(() -> async.get("k", Integer.class).get(60, TimeUnit.SECONDS))
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }
}
