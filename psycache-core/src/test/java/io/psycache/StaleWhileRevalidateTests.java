package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Old values that are served while they are loaded again, and values that are loaded before their end. */
class StaleWhileRevalidateTests {
    private static final Duration TTL = Duration.ofMinutes(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final List<String> refreshes = new CopyOnWriteArrayList<>();
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CacheInstrumentation observer = new CacheInstrumentation() {
        @Override
        public void recordRefresh(String reason, String result, @Nullable String spanName) {
            refreshes.add(reason + " " + result);
        }
    };
    private PostgresCache cache = newCache(builder());

    @AfterEach
    void release() {
        release.countDown();
    }

    private PostgresCache.Builder builder() {
        return PostgresCache.builder(database.dataSource())
                .options(CacheOptions.none().staleWhileRevalidate(Duration.ofMinutes(5)))
                .instrumentations(List.of(observer));
    }

    private PostgresCache newCache(PostgresCache.Builder builder) {
        return database.closing(builder.build());
    }

    private int load() {
        return loads.incrementAndGet();
    }

    private int slowLoad() throws InterruptedException {
        int load = loads.incrementAndGet();
        release.await();
        return load;
    }

    private int get(PostgresCache from) {
        return from.getOrLoad("key", Integer.class, TTL, this::load);
    }

    private void timeEnds() {
        database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
    }

    private void windowEnds() {
        timeEnds();
        database.execute("update psycache set stale_until = statement_timestamp() - interval '1 second'");
    }

    private <T> T inTransaction(java.util.concurrent.Callable<T> work) {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource())).execute(status -> {
            try {
                return work.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aValueThatTimeHasEndedIsReturnedAtOnceAndLoadedAgainInTheBackground() {
        cache.put("key", 0, TTL);
        timeEnds();

        int value = cache.getOrLoad("key", Integer.class, TTL, this::slowLoad);

        assertThat(value).isZero();
        release.countDown();
        await().untilAsserted(() -> assertThat(cache.get("key", Integer.class)).contains(1));
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale stored"));
    }

    @Test
    void ofManyCallersOfOneProcessOneLoads() {
        cache.put("key", 0, TTL);
        timeEnds();

        for (int i = 0; i < 100; i++) {
            assertThat(cache.<Integer>getOrLoad("key", Integer.class, TTL, this::slowLoad))
                    .isZero();
        }
        await().until(() -> loads.get() == 1);
        release.countDown();

        await().untilAsserted(() -> assertThat(get(cache)).isEqualTo(1));
        assertThat(loads).hasValue(1);
    }

    @Test
    void ofTwoProcessesOneLoads() {
        PostgresCache other = newCache(builder());
        cache.put("key", 0, TTL);
        timeEnds();

        cache.getOrLoad("key", Integer.class, TTL, this::slowLoad);
        await().until(() -> loads.get() == 1);

        assertThat(get(other)).isZero();
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale skipped"));
        assertThat(loads).hasValue(1);
    }

    @Test
    void withoutLeasesEachProcessLoads() {
        cache = newCache(builder().options(CacheOptions.none().lease(Duration.ZERO)));
        PostgresCache other = newCache(builder().options(CacheOptions.none().lease(Duration.ZERO)));
        cache.put("key", 0, TTL);
        timeEnds();

        cache.getOrLoad("key", Integer.class, TTL, this::slowLoad);
        await().until(() -> loads.get() == 1);

        assertThat(get(other)).isZero();
        await().until(() -> loads.get() == 2);
    }

    @Test
    void whatAnInvalidationHasEndedIsNotReturned() {
        cache.withTags("tag").put("key", 0, TTL);
        timeEnds();
        inTransaction(() -> {
            cache.invalidateTags("tag");
            return true;
        });

        assertThat(get(cache)).isEqualTo(1);
        assertThat(refreshes).isEmpty();
    }

    @Test
    void whatIsInvalidatedWhileItIsLoadedAgainIsNotStored() {
        cache.withTags("tag").put("key", 0, TTL);
        timeEnds();
        cache.withTags("tag").getOrLoad("key", Integer.class, TTL, this::slowLoad);
        await().until(() -> loads.get() == 1);

        cache.invalidateTags("tag");
        release.countDown();

        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale fenced"));
        assertThat(get(cache)).isEqualTo(2);
    }

    @Test
    void afterTheWindowTheCallerLoads() {
        cache.put("key", 0, TTL);
        windowEnds();
        assertThat(get(cache)).isEqualTo(1);
    }

    @Test
    void theWindowOfWhoeverReadsCountsToo() {
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(get(newCache(builder().options(CacheOptions.none().staleWhileRevalidate(Duration.ofMillis(500))))))
                .isEqualTo(1);
        assertThat(refreshes).isEmpty();
    }

    @Test
    void whoeverHasNoLoaderGetsNothingThatHasEnded() {
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(cache.get("key", Integer.class)).isEmpty();
        assertThat(cache.exists("key")).isFalse();
        assertThat(cache.putIfAbsent("key", 5, TTL)).isTrue();
    }

    @Test
    void inATransactionTheCallerLoads() {
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(inTransaction(() -> get(cache))).isEqualTo(1);
    }

    @Test
    void aFailedLoadLeavesTheOldValueAndIsNotRepeatedAtOnce() {
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(cache.<Integer>getOrLoad("key", Integer.class, TTL, () -> {
                    loads.incrementAndGet();
                    throw new IllegalStateException("no connection to the shop");
                }))
                .isZero();
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale failed"));

        assertThat(get(cache)).isZero();
        assertThat(loads).hasValue(1);
        await().untilAsserted(() -> assertThat(get(cache)).isEqualTo(2));
    }

    @Test
    void aLoadOfNothingEndsTheOldValue() {
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(cache.<Integer>getOrLoad("key", Integer.class, TTL, () -> null))
                .isZero();
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale removed"));
        assertThat(get(cache)).isEqualTo(1);
    }

    @Test
    void aLoadOfWhatCannotBeStoredEndsTheOldValue() {
        cache.put("key", "old", TTL);
        timeEnds();
        cache.getOrLoad("key", String.class, TTL, () -> "half a pair: \ud800");
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale removed"));
        assertThat(cache.getOrLoad("key", String.class, TTL, () -> "new")).isEqualTo("new");
    }

    @Test
    void anExecutorThatRefusesLeavesTheOldValue() {
        cache = newCache(builder().asyncExecutor(task -> {
            throw new RejectedExecutionException("full");
        }));
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(get(cache)).isZero();
        assertThat(refreshes).containsExactly("stale failed");
    }

    @Test
    void callersThatDoNotWaitAreServedToo() {
        cache.put("key", 0, TTL);
        timeEnds();
        CompletableFuture<Integer> loading = new CompletableFuture<>();

        CompletableFuture<Integer> value = cache.async().getOrLoad("key", Integer.class, TTL, () -> loading);

        assertThat(value.join()).isZero();
        loading.complete(1);
        await().untilAsserted(() -> assertThat(cache.get("key", Integer.class)).contains(1));
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale stored"));
    }

    @Test
    void aFailedLoadOfACallerThatDoesNotWaitLeavesTheOldValue() {
        cache.put("key", 0, TTL);
        timeEnds();
        CompletableFuture<Integer> value = cache.async()
                .getOrLoad(
                        "key", Integer.class, TTL, () -> CompletableFuture.failedFuture(new IllegalStateException()));

        assertThat(value.join()).isZero();
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale failed"));
        assertThat(get(cache)).isZero();
    }

    @Test
    void aLoadOfNothingOfACallerThatDoesNotWaitEndsTheOldValue() {
        cache.put("key", 0, TTL);
        timeEnds();
        cache.async()
                .getOrLoad("key", Integer.class, TTL, () -> CompletableFuture.completedFuture(null))
                .join();
        await().untilAsserted(() -> assertThat(refreshes).containsExactly("stale removed"));
        assertThat(get(cache)).isEqualTo(1);
    }

    @Test
    void theCleanupOfACacheWithoutAWindowKeepsTheRowUntilItsWindowEnds() {
        PostgresCache other = newCache(PostgresCache.builder(database.dataSource()));
        cache.put("key", 0, TTL);
        timeEnds();
        assertThat(other.cleanupExpired()).isZero();
        windowEnds();
        assertThat(other.cleanupExpired()).isEqualTo(1);
    }

    @Test
    void theCleanupDoesNotDeleteWhatSomebodyElseHasPutOverAnEndedRow() {
        cache.put("key", 0, TTL);
        windowEnds();
        database.execute("update psycache set expires_at = 'infinity'"); // as Python psycache does
        assertThat(cache.cleanupExpired()).isZero();
    }

    @Test
    void aPutWithoutAWindowEndsThatOfThePutBefore() {
        cache.put("key", 0, TTL);
        newCache(PostgresCache.builder(database.dataSource())).put("key", 1, TTL);
        timeEnds();
        assertThat(get(cache)).isEqualTo(1);
        assertThat(cache.exists("key")).isTrue();
        assertThat(database.queryForLong("select count(stale_until) from psycache"))
                .isEqualTo(1);
    }

    @Test
    void anEntryThatNeverEndsIsNotLoadedAgain() {
        cache.put("key", 0, null);
        assertThat(get(cache)).isZero();
        assertThat(database.queryForString("select stale_until from psycache")).isNull();
    }

    @Test
    void aCounterIsNotKept() {
        cache.put("key", 0, TTL);
        cache.increment("key", 1, TTL);
        assertThat(database.queryForString("select stale_until from psycache")).isNull();
    }

    /** Whoever loads for milliseconds and asks for a thousand times that early loads about half a minute before the end. */
    @Test
    void aValueThatIsAboutToEndIsLoadedBefore() {
        cache = newCache(builder()
                .options(CacheOptions.none().staleWhileRevalidate(Duration.ZERO).earlyRefresh(1_000.0)));
        await().pollInterval(Duration.ofMillis(1)).until(() -> work() > 0 && loads.get() > 1);
        await().untilAsserted(() -> assertThat(refreshes).contains("early stored"));
        assertThat(refreshes).doesNotContain("early failed");
    }

    private int work() {
        return cache.getOrLoad("key", Integer.class, TTL, () -> {
            database.queryForLong("select count(*) from generate_series(1, 300000)");
            return load();
        });
    }

    @Test
    void nothingIsLoadedEarlyWithoutTheOption() {
        cache.put("key", 0, Duration.ofSeconds(10));
        for (int i = 0; i < 100; i++) {
            assertThat(get(cache)).isZero();
        }
        assertThat(refreshes).isEmpty();
    }

    @Test
    void argumentsOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CacheOptions.none().staleWhileRevalidate(Duration.ofSeconds(-1)))
                .withMessageContaining("staleWhileRevalidate must be zero or more but is PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CacheOptions.none().earlyRefresh(Double.NaN))
                .withMessageContaining("earlyRefresh must be from 0 to 1,000 but is NaN");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> CacheOptions.none().earlyRefresh(-1.0))
                .withMessageContaining("earlyRefresh");
    }
}
