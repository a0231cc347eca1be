package io.psycache.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.crash.CrashingServer.Crash;
import io.psycache.internal.load.SingleFlight;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** PostgreSQL crashes under a running application, and is back. */
class CrashTests {
    private static CrashingServer server;
    private static HikariDataSource pool;
    private static PostgresCache cache;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
    private final JdbcTemplate jdbc = new JdbcTemplate(pool);

    @BeforeAll
    static void start() throws Exception {
        server = new CrashingServer();
        pool = server.newPool();
        PsycacheSchema.create(pool);
        server.execute("create table data (v text not null)");
        cache = PostgresCache.builder(pool).timeout(Duration.ofSeconds(20)).build();
    }

    @AfterAll
    static void stop() throws Exception {
        try {
            cache.close();
            pool.close();
        } finally {
            server.close();
        }
    }

    @BeforeEach
    void begin() {
        server.execute("truncate data; insert into data values ('old')");
        cache.flush();
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void loadBegunBeforeACrashIsRefusedAfterIt(Crash crash) throws Exception {
        cache.put("kept", "from before", null);
        cache.withTags("t").put("tagged", "from before", null);
        cache.increment("counter", 5, null);
        String before = epoch();
        Load load = new Load();
        Future<String> waiter = load.waiter();

        server.crash(crash);
        cacheWorksAgain();
        assertThat(epoch()).isNotEqualTo(before);
        changeDataUnderAReusedTransactionId(load);

        assertThat(load.end()).isEqualTo("old");
        assertThat(waiter.get()).isEqualTo("new");
        assertThat(cache.get("k", String.class)).contains("new");
        assertThat(cache.getAll(List.of("kept", "tagged"), String.class)).isEmpty();
        assertThat(cache.increment("counter")).isOne();
        assertThat(load.loads).hasValue(2);
    }

    /** The control: what the log says means nothing to a token from before the crash, only the epoch refuses it. */
    @Test
    void withTheOldEpochTheLoadWouldHideALaterCommit() throws Exception {
        String before = epoch();
        Load load = new Load();

        server.crash(Crash.KILLED_BACKEND);
        cacheWorksAgain();
        server.execute("update psycache_epoch set epoch = '" + before + "'");
        changeDataUnderAReusedTransactionId(load);

        load.end();
        assertThat(cache.get("k", String.class)).as("stale").contains("old");
    }

    @Test
    void putUnderWayInACrashFailsAndStoresNothing() throws Exception {
        cache.put("k", "from before", null);
        try (Connection holder = server.connect()) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("select from psycache for update");
            Future<?> put = threads.submit(() -> cache.put("k", "under way", null));
            await().until(() -> !backendsThatWait().isEmpty());

            server.crash(backendsThatWait().get(0));

            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(put::get)
                    .withCauseInstanceOf(DataAccessException.class);
        }
        cacheWorksAgain();
        assertThat(cache.exists("k")).isFalse();
        cache.put("k", "new", null);
        assertThat(cache.get("k", String.class)).contains("new");
    }

    /** A get in a transaction can't begin the new epoch: the caller's rollback would undo it. */
    @Test
    void cacheOfWhichAllCallsAreInTransactionsWorksAgainAfterACleanup() throws Exception {
        server.crash(Crash.KILLED_BACKEND);
        await().ignoreExceptionsInstanceOf(DataAccessException.class).until(() -> !cache.exists("k"));
        assertThat(loadInTransaction("one")).isEqualTo("one");
        assertThat(epochs()).isZero();

        cache.cleanupExpired();

        assertThat(loadInTransaction("two")).isEqualTo("two");
        await().until(() -> loadInTransaction("three").equals("two"));
    }

    private String loadInTransaction(String value) {
        return transaction.execute(status -> cache.getOrLoad("k", String.class, () -> value));
    }

    /** With the application's pool and no restart. */
    private void cacheWorksAgain() {
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptionsInstanceOf(DataAccessException.class)
                .until(() ->
                        cache.getOrLoad("works", String.class, () -> "again").equals("again")
                                && cache.get("works", String.class).isPresent());
    }

    /** The invalidation seems visible to the snapshot from before the crash. */
    private void changeDataUnderAReusedTransactionId(Load load) {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            cache.remove("k");
            assertThat(jdbc.queryForObject("select pg_current_xact_id()::text::bigint", Long.class))
                    .isLessThan(load.endOfItsSnapshot);
        });
    }

    private static List<Long> backendsThatWait() {
        return new JdbcTemplate(pool)
                .queryForList(
                        "select pid from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0", Long.class);
    }

    private static String epoch() {
        return server.queryForString("select epoch from psycache_epoch");
    }

    private static long epochs() {
        return Long.parseLong(server.queryForString("select count(*) from psycache_epoch"));
    }

    /** A load that has read the data and waits for the test. */
    private final class Load {
        private final AtomicInteger loads = new AtomicInteger();
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final long endOfItsSnapshot;
        private final Future<String> result;

        Load() throws Exception {
            server.useUpTransactionIds(50);
            endOfItsSnapshot =
                    Long.parseLong(server.queryForString("select pg_snapshot_xmax(pg_current_snapshot())::text"));
            CountDownLatch hasRead = new CountDownLatch(1);
            result = threads.submit(() -> load(() -> {
                String read = read();
                hasRead.countDown();
                mayEnd.await();
                return read;
            }));
            hasRead.await();
        }

        private String load(Callable<String> loader) {
            return cache.getOrLoad("k", String.class, null, () -> {
                loads.incrementAndGet();
                return loader.call();
            });
        }

        private String read() {
            return jdbc.queryForObject("select v from data", String.class);
        }

        /** Another caller, who has missed and waits for this load. */
        Future<String> waiter() {
            AtomicReference<Thread> caller = new AtomicReference<>();
            Future<String> waiting = threads.submit(() -> {
                caller.set(Thread.currentThread());
                return load(this::read);
            });
            await().until(() -> caller.get() != null && isInSingleFlight(caller.get()));
            return waiting;
        }

        private static boolean isInSingleFlight(Thread thread) {
            return thread.getState() == Thread.State.WAITING
                    && Stream.of(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().equals(SingleFlight.class.getName()));
        }

        String end() throws Exception {
            mayEnd.countDown();
            return result.get();
        }
    }
}
