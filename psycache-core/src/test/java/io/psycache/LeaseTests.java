package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** One load per key among two caches on one database, each with a pool of its own, as two processes have them. */
class LeaseTests {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration LONG_LEASE = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger loads = new AtomicInteger();
    private final CountDownLatch loading = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final HikariDataSource firstPool = database.newPool(4, true);
    private int caches;

    @AfterEach
    void release() {
        release.countDown();
        threads.shutdownNow();
    }

    private PostgresCache cache(Duration lease) {
        return cache(caches++ == 0 ? firstPool : database.newPool(4, true), lease);
    }

    private PostgresCache cache(HikariDataSource pool, Duration lease) {
        return database.closing(PostgresCache.builder(pool)
                .options(CacheOptions.none().lease(lease))
                .timeout(Duration.ofSeconds(20))
                .build());
    }

    private <T> Future<T> call(Callable<T> call) {
        return threads.submit(call);
    }

    private static <T> T of(Future<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private int slowLoad() throws InterruptedException {
        int load = loads.incrementAndGet();
        loading.countDown();
        release.await();
        return load;
    }

    private static void somebodyWaits() {
        await().until(() -> threadsThatWaitForALease() == 1);
    }

    private static long threadsThatWaitInAFlight() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(SingleFlightTests::isParkedInTheFlight)
                .count();
    }

    private static long threadsThatWaitForALease() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> List.of(stack).stream()
                        .anyMatch(frame -> frame.getClassName().startsWith("io.psycache.internal.backend.Pace")
                                && frame.getMethodName().equals("pause")))
                .count();
    }

    private long leases() {
        return database.queryForLong("select count(*) from psycache_lease");
    }

    private List<Future<Integer>> thousandCallers(PostgresCache first, PostgresCache second) {
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            PostgresCache cache = i % 2 == 0 ? first : second;
            results.add(call(() -> {
                start.await();
                return cache.getOrLoad("cold", Integer.class, this::slowLoad);
            }));
        }
        start.countDown();
        return results;
    }

    @Test
    void aThousandThreadsOfTwoProcessesLoadAColdKeyOnce() throws Exception {
        List<Future<Integer>> results = thousandCallers(cache(LONG_LEASE), cache(LONG_LEASE));
        loading.await();
        somebodyWaits();
        release.countDown();

        for (Future<Integer> result : results) {
            assertThat(of(result)).isEqualTo(1);
        }
        assertThat(loads).hasValue(1);
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }

    /** The control: what the leases are for. */
    @Test
    void withoutLeasesEachProcessLoads() throws Exception {
        List<Future<Integer>> results = thousandCallers(cache(Duration.ZERO), cache(Duration.ZERO));
        await().until(() -> threadsThatWaitInAFlight() == 998);
        release.countDown();

        for (Future<Integer> result : results) {
            assertThat(of(result)).isIn(1, 2);
        }
        assertThat(loads).hasValue(2);
        assertThat(leases()).isZero();
    }

    @Test
    void theLeaseOfAnOwnerThatIsGoneRunsOut() throws Exception {
        PostgresCache first = cache(LEASE);
        PostgresCache second = cache(LEASE);
        PostgresCache third = cache(LEASE);
        call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        long killed = System.nanoTime();
        firstPool.close(); // its load never returns, and it can't release

        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PostgresCache cache = i % 2 == 0 ? second : third;
            results.add(call(() -> cache.getOrLoad("k", Integer.class, loads::incrementAndGet)));
        }
        for (Future<Integer> result : results) {
            assertThat(of(result)).isEqualTo(2);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - killed);
        assertThat(took).isLessThan(LEASE.plusSeconds(1));
        assertThat(loads).hasValue(2);
        System.out.println("The owner of a lease of " + LEASE + " was killed: the next load ended after " + took);
    }

    @Test
    void waitersTakeTheValueSoonAfterItIsStored() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        Future<Long> waiter = call(() -> {
            second.getOrLoad("k", Integer.class, loads::incrementAndGet);
            return System.nanoTime();
        });
        somebodyWaits();
        release.countDown();
        of(owner);
        long stored = System.nanoTime();

        assertThat(Duration.ofNanos(of(waiter) - stored)).isLessThan(Duration.ofSeconds(1));
        assertThat(loads).hasValue(1);
    }

    @Test
    void aLoaderThatFailsGivesItsLeaseUp() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, () -> {
            slowLoad();
            throw new IllegalStateException("no value");
        }));
        loading.await();
        Future<Integer> waiter = call(() -> second.getOrLoad("k", Integer.class, loads::incrementAndGet));
        somebodyWaits();
        release.countDown();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(owner::get)
                .withRootCauseInstanceOf(IllegalStateException.class);
        assertThat(of(waiter)).isEqualTo(2);
    }

    @Test
    void ofAValueThatIsNotStoredTheNextProcessLoadsItsOwn() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, () -> {
            slowLoad();
            return null;
        }));
        loading.await();
        Future<Integer> waiter = call(() -> second.getOrLoad("k", Integer.class, loads::incrementAndGet));
        somebodyWaits();
        release.countDown();

        assertThat(of(owner)).isNull();
        assertThat(of(waiter)).isEqualTo(2);
    }

    @Test
    void waitersOfAFencedLoadLoadThemselves() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        Future<Integer> waiter = call(() -> second.getOrLoad("k", Integer.class, loads::incrementAndGet));
        somebodyWaits();
        second.remove("k");
        release.countDown();

        assertThat(of(owner)).isEqualTo(1);
        assertThat(of(waiter)).isEqualTo(2);
        assertThat(second.get("k", Integer.class)).contains(2);
    }

    /** What another process has stored was current when it was read, and a change may have been committed since. */
    @Test
    void whatAWaiterFoundIsNotSharedWithThoseWhoCameLater() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        CountDownLatch found = new CountDownLatch(1);
        CountDownLatch read = new CountDownLatch(1);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        Future<Object> waiter = call(() -> load(second, () -> {
            found.countDown();
            read.await();
            return null;
        }));
        somebodyWaits();
        release.countDown();
        assertThat(of(owner)).isEqualTo(1);
        found.await();
        second.remove("k"); // the change is committed
        Future<Object> later = call(() -> load(second, () -> null));
        await().until(() ->
                Thread.getAllStackTraces().keySet().stream().anyMatch(SingleFlightTests::isParkedInTheFlight));
        read.countDown();

        assertThat(of(waiter)).isEqualTo(1);
        assertThat(of(later)).isEqualTo(2);
    }

    private Object load(PostgresCache cache, Callable<?> beforeItIsRead) {
        return cache.region("r")
                .getOrLoad(
                        "k",
                        stored -> {
                            try {
                                beforeItIsRead.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                            return Integer.class;
                        },
                        value -> Integer.class,
                        null,
                        loads::incrementAndGet)
                .value();
    }

    @Test
    void nobodyWaitsForASlowOwnerForLongerThanItsLease() throws Exception {
        PostgresCache first = cache(LEASE);
        PostgresCache second = cache(LEASE);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        long begin = System.nanoTime();

        assertThat(second.getOrLoad("k", Integer.class, loads::incrementAndGet)).isEqualTo(2);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LEASE.plusSeconds(1));
        release.countDown();
        assertThat(of(owner)).isEqualTo(1);
        assertThat(second.get("k", Integer.class)).contains(2);
    }

    @Test
    void aSlowOwnerDoesNotReleaseTheLeaseOfTheNextOne() throws Exception {
        PostgresCache first = cache(LEASE);
        PostgresCache second = cache(LONG_LEASE);
        CountDownLatch loadsToo = new CountDownLatch(1);
        CountDownLatch releaseToo = new CountDownLatch(1);
        Future<Integer> owner = call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        Future<Integer> next = call(() -> second.getOrLoad("k", Integer.class, () -> {
            loadsToo.countDown();
            releaseToo.await();
            return 2;
        }));
        loadsToo.await();
        release.countDown();

        assertThat(of(owner)).isEqualTo(1);
        assertThat(first.get("k", Integer.class)).contains(1); // once it is stored
        assertThat(leases()).isOne();
        releaseToo.countDown();
        assertThat(of(next)).isEqualTo(2);
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }

    @Test
    void aValueThatCannotBeStoredNowGivesItsLeaseUp() {
        PostgresCache cache = cache(LONG_LEASE);
        database.execute("alter table psycache rename column stale_until to renamed");

        assertThat(cache.getOrLoad("k", Integer.class, () -> 1)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(leases()).isZero());
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
    }

    @Test
    void anInterruptedWaiterLoadsOnItsOwn() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        AtomicInteger value = new AtomicInteger();
        Thread waiter = new Thread(() -> value.set(second.getOrLoad("k", Integer.class, () -> 7)));
        waiter.start();
        somebodyWaits();
        waiter.interrupt();
        waiter.join(60_000);

        assertThat(value).hasValue(7);
    }

    @Test
    void aCallerInATransactionNeitherWaitsNorTakesALease() throws Exception {
        PostgresCache first = cache(LONG_LEASE);
        PostgresCache second = cache(LONG_LEASE);
        call(() -> first.getOrLoad("k", Integer.class, this::slowLoad));
        loading.await();
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(firstPool));

        assertThat(transaction.<Integer>execute(status -> first.getOrLoad("k", Integer.class, () -> 2)))
                .isEqualTo(2);
        assertThat(transaction.<Integer>execute(status -> first.getOrLoad("other", Integer.class, () -> 3)))
                .isEqualTo(3);
        assertThat(leases()).isOne();
        assertThat(second.getOrLoad("third", Integer.class, () -> 4)).isEqualTo(4);
    }

    @Test
    void aLoaderMayAskForItsKeyAsAnotherType() {
        PostgresCache cache = cache(LONG_LEASE);

        assertThat(cache.getOrLoad("k", Integer.class, () -> {
                    cache.getOrLoad("k", String.class, () -> "text");
                    return 1;
                }))
                .isEqualTo(1);
    }

    @Test
    void aValueOfAnotherTypeIsReplacedUnderALease() {
        PostgresCache cache = cache(LONG_LEASE);
        cache.put("k", "text");

        assertThat(cache.getOrLoad("k", Integer.class, loads::incrementAndGet)).isEqualTo(1);
        assertThat(cache.get("k", Integer.class)).contains(1);
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }

    @Test
    void withoutTheTableOfLeasesValuesAreLoaded() {
        PostgresCache cache = cache(LONG_LEASE);
        database.execute("drop table psycache_lease");

        assertThat(cache.getOrLoad("k", Integer.class, loads::incrementAndGet)).isEqualTo(1);
        assertThat(cache.get("k", Integer.class)).contains(1);
    }

    @Test
    void aHitDoesNotTouchTheLeases() throws Exception {
        PostgresCache cache = cache(LONG_LEASE);
        cache.put("k", 1);
        database.execute("drop table psycache_lease");

        assertThat(cache.getOrLoad("k", Integer.class, loads::incrementAndGet)).isEqualTo(1);
        assertThat(loads).hasValue(0);
    }

    @Test
    void callersThatDoNotWaitShareOneLoadOfTwoProcesses() throws Exception {
        AsyncPostgresCache first = cache(LONG_LEASE).async();
        AsyncPostgresCache second = cache(LONG_LEASE).async();
        CompletableFuture<Integer> value = new CompletableFuture<>();
        CompletableFuture<Integer> owner = first.getOrLoad("k", Integer.class, () -> {
            loading.countDown();
            return value;
        });
        loading.await();
        List<CompletableFuture<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waiters.add(second.getOrLoad(
                    "k", Integer.class, () -> CompletableFuture.completedFuture(loads.incrementAndGet())));
        }
        second.get("other", Integer.class).get(60, TimeUnit.SECONDS);
        value.complete(7);

        assertThat(owner.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        for (CompletableFuture<Integer> waiter : waiters) {
            assertThat(waiter.get(60, TimeUnit.SECONDS)).isEqualTo(7);
        }
        assertThat(loads).hasValue(0);
        await().untilAsserted(() -> assertThat(leases()).isZero());
    }

    @Test
    void callersThatDoNotWaitTakeOverFromAnOwnerThatIsGone() throws Exception {
        AsyncPostgresCache first = cache(LEASE).async();
        AsyncPostgresCache second = cache(LEASE).async();
        first.getOrLoad("k", Integer.class, () -> {
            loading.countDown();
            return new CompletableFuture<>();
        });
        loading.await();

        assertThat(second.getOrLoad("k", Integer.class, () -> CompletableFuture.completedFuture(2))
                        .get(60, TimeUnit.SECONDS))
                .isEqualTo(2);
    }
}
