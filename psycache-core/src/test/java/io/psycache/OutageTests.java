package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

/** A cache whose database does not answer, and what becomes of it afterwards. */
@SuppressWarnings("try") // connections that are taken and not used
class OutageTests {
    private static final Duration TIMEOUT = Duration.ofMillis(300);
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration AGE = Duration.ofMinutes(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final FaultyNetwork network = database.newNetwork();
    private final HikariDataSource pool = database.newPool(network, 6);
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final PostgresCache cache = database.closing(PostgresCache.builder(ObservedDataSource.of(pool, observer()))
            .partition(Partition.SINGLE)
            .timeout(TIMEOUT)
            .build());
    private final PostgresCache other =
            database.closing(PostgresCache.builder(database.unpooled()).build());

    private ObservedDataSource.Listener observer() {
        return new ObservedDataSource.Listener() {
            @Override
            public void taken() {
                most.accumulateAndGet(connections.incrementAndGet(), Math::max);
            }

            @Override
            public void released() {
                connections.decrementAndGet();
            }

            @Override
            public void executes(String sql) {
                statements.add(sql);
            }
        };
    }

    /** What closes after the test needs no timeouts then. */
    @AfterEach
    void heal() {
        network.heal();
    }

    private boolean isOpen() {
        return cache.inspection().breaker().isOpen();
    }

    private @Nullable String get(String key) {
        return cache.get(key, String.class).orElse(null);
    }

    private @Nullable String getOr(String failure) {
        try {
            get("absent"); // there is a copy of the other one
            return get("k");
        } catch (DataAccessException e) {
            return failure;
        }
    }

    private void warmUp() {
        await().ignoreExceptionsInstanceOf(DataAccessException.class).untilAsserted(() -> {
            other.put("k", "old", TTL);
            for (int i = 0; i < 4; i++) {
                assertThat(get("k")).isEqualTo("old");
            }
        });
    }

    /** Gets fail until the breaker opens. */
    private void opens() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    getOr("failed");
                    return isOpen();
                });
    }

    private void closes() {
        await().atMost(Duration.ofSeconds(30)).until(() -> !isOpen());
    }

    /** Ways for a database not to answer. */
    enum Fault {
        CUT(FaultyNetwork::cut),
        REFUSED(FaultyNetwork::refuse),
        ALL_STATEMENTS_LOST(network -> network.loseStatements(1)),
        HALF_OF_THE_STATEMENTS_LOST(network -> network.loseStatements(2));

        private final Consumer<FaultyNetwork> begin;

        Fault(Consumer<FaultyNetwork> begin) {
            this.begin = begin;
        }
    }

    @ParameterizedTest
    @EnumSource
    void itOpensAndClosesByItself(Fault fault) {
        warmUp();
        fault.begin.accept(network);
        opens();
        if (fault != Fault.HALF_OF_THE_STATEMENTS_LOST) {
            assertThat(get("k")).isNull();
        }
        network.heal();
        closes();
        await().ignoreExceptionsInstanceOf(DataAccessException.class).until(() -> "old".equals(get("k")));
    }

    /** It opens for what the probe needs too. */
    @ParameterizedTest
    @ValueSource(strings = {"psycache", "psycache_invalidation", "psycache_epoch"})
    void aLockOnATableOpensItOnceUntilItIsReleased(String table) throws SQLException {
        warmUp();
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table " + table + " in access exclusive mode");
            opens();
            await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).until(this::isOpen);
            holder.rollback();
        }
        closes();
        await().during(Duration.ofSeconds(1)).until(() -> !isOpen() && "old".equals(getOr("failed")));
    }

    @Test
    void aPoolThatTheApplicationHasDoesNotOpenIt() throws SQLException {
        warmUp();
        List<Connection> taken = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                taken.add(pool.getConnection());
            }
            for (int i = 0; i < 20; i++) {
                assertThat(getOr("failed")).isEqualTo("failed");
            }
        } finally {
            for (Connection connection : taken) {
                connection.close();
            }
        }
        assertThat(isOpen()).isFalse();
        await().untilAsserted(() -> assertThat(getOr("failed")).isEqualTo("old"));
    }

    @Test
    void evictionsDoNotOpenIt() {
        warmUp();
        network.cut();
        for (int i = 0; i < 8; i++) {
            assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> cache.remove("k"));
        }
        assertThat(isOpen()).isFalse();
        opens();
    }

    /** Operations that are skipped or fail at once, without a connection. */
    enum Skipped {
        GET(it -> assertThat(it.get("k")).isNull()),
        GET_ALL(it ->
                assertThat(it.cache.getAll(List.of("k", "l"), String.class)).isEmpty()),
        GET_OR_LOAD(it -> assertThat(it.cache.getOrLoad("k", String.class, () -> "loaded"))
                .isEqualTo("loaded")),
        GET_ALL_OR_LOAD(it -> assertThat(it.cache.getAllOrLoad(
                        List.of("k"), new ParameterizedTypeReference<String>() {}, TTL, keys -> Map.of("k", "loaded")))
                .containsEntry("k", "loaded")),
        REFRESH(it -> assertThat(it.region(CacheOptions.none().staleWhileRevalidate(TTL))
                        .getOrLoad("k", stored -> String.class, value -> String.class, TTL, () -> "loaded")
                        .value())
                .isEqualTo("loaded")),
        ASYNC_GET(
                it -> assertThat(it.cache.async().get("k", String.class).join()).isEmpty()),
        EXISTS(it -> it.isUnavailable("look for 1 key", () -> it.cache.exists("k"))),
        INCREMENT(it -> it.isUnavailable("increment 1 key", () -> it.cache.increment("n"))),
        PUT_IF_ABSENT(it -> it.isUnavailable("put 1 key if absent", () -> it.cache.putIfAbsent("k", "v", TTL))),
        HEALTH(it -> it.isUnavailable(
                "nothing was asked", () -> it.cache.inspection().check()));

        private final Consumer<OutageTests> call;

        Skipped(Consumer<OutageTests> call) {
            this.call = call;
        }
    }

    private void isUnavailable(String what, Runnable call) {
        assertThatExceptionOfType(CacheUnavailableException.class)
                .isThrownBy(call::run)
                .withMessageContaining("circuit breaker")
                .withMessageContaining(what)
                .withMessageContaining("within psycache.timeout (300 ms)");
    }

    @ParameterizedTest
    @EnumSource
    void whatNeedsNoAnswerIsSkippedAndTheRestFailsAtOnce(Skipped operation) {
        warmUp();
        network.cut();
        opens();
        long began = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            operation.call.accept(this);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .as("20 times, and far less than one timeout each")
                .isLessThan(TIMEOUT.multipliedBy(5));
    }

    /** Operations that are tried, and whose failure is the caller's. */
    enum Tried {
        REMOVE(it -> it.cache.remove("k")),
        REMOVE_ALL(it -> it.cache.removeAll(List.of("k"))),
        REMOVE_BY_PREFIX(it -> it.cache.removeByPrefix("k")),
        INVALIDATE_TAGS(it -> it.cache.invalidateTags("tag")),
        FLUSH(it -> it.cache.flush()),
        PUT(it -> it.cache.put("k", "new", TTL)),
        PUT_ALL(it -> it.cache.putAll(Map.of("k", "new"), TTL)),
        CACHE_PUT(it -> {
            CacheRegion region = it.cache.region("region");
            region.put(region.begin(), "k", "new", String.class, TTL);
        }),
        CLEAR(it -> it.cache.region("region").clear()),
        INVALIDATE(it -> it.cache.region("region").invalidate()),
        EVICT(it -> it.cache.region("region").evict("k"));

        private final Consumer<OutageTests> call;

        Tried(Consumer<OutageTests> call) {
            this.call = call;
        }
    }

    @ParameterizedTest
    @EnumSource
    void evictionsAreTriedAndTheirFailurePropagates(Tried operation) {
        warmUp();
        network.cut();
        opens();
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> operation.call.accept(this));
        assertThat(isOpen()).isTrue();
    }

    /** The epoch is what looks and probes read, and evictions do not. */
    private void withLockOnEpoch(Runnable work) {
        try (Connection holder = database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table psycache_epoch in access exclusive mode");
            opens();
            work.run();
            assertThat(isOpen()).isTrue();
            holder.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        closes();
    }

    @ParameterizedTest
    @EnumSource(
            value = Tried.class,
            names = {"REMOVE", "REMOVE_ALL", "REMOVE_BY_PREFIX", "FLUSH", "PUT", "PUT_ALL", "CACHE_PUT"})
    void whatWasEvictedMeanwhileIsGone(Tried operation) {
        warmUp();
        withLockOnEpoch(() -> operation.call.accept(this));
        await().ignoreExceptionsInstanceOf(DataAccessException.class)
                .untilAsserted(() -> assertThat(get("k")).isNull());
    }

    @Test
    void whatAnotherProcessChangedMeanwhileIsSeen() {
        warmUp();
        withLockOnEpoch(() -> other.put("k", "new", TTL));
        await().ignoreExceptionsInstanceOf(DataAccessException.class)
                .untilAsserted(() -> assertThat(get("k")).isEqualTo("new"));
    }

    @Test
    void aValueThatWasLoadedBeforeIsNotStored() {
        warmUp();
        cache.getOrLoad("loaded", String.class, () -> {
            network.cut();
            opens();
            return "v";
        });
        network.heal();
        closes();
        assertThat(other.get("loaded", String.class)).isEmpty();
    }

    @Test
    void copiesOfAnAcceptedAgeAreServedAndOthersAreNot() {
        CacheRegion aged = region(CacheOptions.none().maxStaleness(AGE));
        warmUp();
        assertThat(lookup(aged)).isEqualTo("old");
        network.cut();
        opens();
        assertThat(lookup(aged)).isEqualTo("old");
        assertThat(get("k")).isNull();
        assertThat(lookup(region(CacheOptions.none().maxStaleness(Duration.ofNanos(1)))))
                .isNull();
    }

    private CacheRegion region(CacheOptions options) {
        return cache.region("region").withOptions(options);
    }

    private static @Nullable Object lookup(CacheRegion region) {
        return region.lookup("k", stored -> String.class).value();
    }

    @Test
    void oneCallerLoadsForThoseThatCameBeforeItBegan() throws Exception {
        warmUp();
        network.cut();
        opens();
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<String> leader = load(loads, () -> {
            first.countDown();
            release.await();
        });
        first.await();
        List<CompletableFuture<String>> others = IntStream.range(0, 16)
                .mapToObj(i -> load(loads, () -> await().until(() -> waiting() == 15)))
                .toList();
        await().until(() -> waiting() == 16);
        release.countDown();

        assertThat(leader.get(30, TimeUnit.SECONDS)).isEqualTo("loaded 1");
        for (CompletableFuture<String> one : others) {
            assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo("loaded 2");
        }
        assertThat(loads).hasValue(2);
    }

    private interface Step {
        void run() throws InterruptedException;
    }

    private CompletableFuture<String> load(AtomicInteger loads, Step step) {
        CompletableFuture<String> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(cache.getOrLoad("hot", String.class, () -> {
                            step.run();
                            return "loaded " + loads.incrementAndGet();
                        }));
                    } catch (RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                },
                "loads");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static long waiting() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("loads")
                        && List.of(thread.getValue()).stream()
                                .anyMatch(frame -> frame.getClassName().endsWith("SingleFlight")
                                        && frame.getMethodName().equals("wait")))
                .count();
    }

    @Test
    void noMoreConnectionsAreHeldThanLanesAndOne() {
        warmUp();
        most.set(0);
        network.cut();
        List<CompletableFuture<Optional<String>>> gets = new ArrayList<>();
        opens();
        for (int i = 0; i < 200; i++) {
            gets.add(cache.async().get("k" + i, String.class));
        }
        gets.forEach(CompletableFuture::join);
        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    /** A timer of the JDK that began with the call tells how late any of them is on a machine that is busy. */
    @Test
    void eachFutureEndsWithinTheTimeoutAndATenthOfASecond() throws Exception {
        warmUp();
        network.cut();
        List<CompletableFuture<Duration>> ends = new ArrayList<>();
        List<CompletableFuture<Duration>> timers = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        for (int i = 0; i < 300; i++) {
            int number = i;
            long began = System.nanoTime();
            CompletableFuture<?> future = i % 3 == 0
                    ? cache.async().put("k" + number, "v", TTL)
                    : i % 3 == 1
                            ? cache.async().get("k" + number, String.class)
                            : cache.async().remove("k");
            timers.add(new CompletableFuture<Void>()
                    .completeOnTimeout(null, TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                    .thenApply(done -> Duration.ofNanos(System.nanoTime() - began)));
            ends.add(future.handle((answer, failure) -> {
                failed.addAndGet(failure == null ? 0 : 1);
                return Duration.ofNanos(System.nanoTime() - began);
            }));
        }
        for (int i = 0; i < ends.size(); i++) {
            Duration timer = timers.get(i).get(60, TimeUnit.SECONDS);
            assertThat(ends.get(i).get(60, TimeUnit.SECONDS)).isLessThan(timer.plusMillis(100));
        }
        assertThat(failed.get()).isPositive();
    }

    @Test
    void asynchronousCallsBeyondTenThousandFailAtOnceAndSayWhy() {
        PostgresCache patient = database.closing(PostgresCache.builder(pool)
                .timeout(Duration.ofSeconds(60))
                .logRetention(Duration.ofMinutes(5))
                .build());
        await().until(() -> patient.get("absent", String.class).isEmpty());
        network.cut();
        for (int i = 0; i < 10_000; i++) {
            patient.async().get("k" + i, String.class);
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> patient.async().get("k", String.class).get(10, TimeUnit.SECONDS))
                .withMessageContaining("get 1 key")
                .withMessageContaining("10000 asynchronous requests wait");
        network.heal();
    }
}
