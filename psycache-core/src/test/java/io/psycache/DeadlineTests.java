package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;
import org.springframework.dao.QueryTimeoutException;

/** What a call outside a transaction may cost its caller, when the database does not answer. */
@SuppressWarnings("try") // connections that are taken and not used
class DeadlineTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofMillis(400);

    /** Far less than what hangs would hang, and more than a busy machine needs. */
    private static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final HikariDataSource pool = database.newPool(1, true);
    private PostgresCache cache;

    @BeforeEach
    void open() {
        pool.setConnectionTimeout(120_000);
        cache = database.closing(PostgresCache.builder(pool).timeout(TIMEOUT).build());
    }

    private static void fails(String reason, ThrowingCallable call) {
        long begin = System.nanoTime();
        assertThatExceptionOfType(QueryTimeoutException.class)
                .isThrownBy(call)
                .withMessageContaining("psycache.timeout (400 ms)")
                .withMessageContaining(reason);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
    }

    /** A machine that is too busy for the timeout is tried again. */
    private void answers() {
        await().ignoreExceptionsInstanceOf(QueryTimeoutException.class)
                .atMost(Duration.ofSeconds(60))
                .until(() -> cache.get("absent", Integer.class).isEmpty());
    }

    @Test
    void aPoolWithoutConnectionsIsNotWaitedForAndLeavesNoInterrupt() throws SQLException {
        answers();
        try (Connection taken = pool.getConnection()) {
            fails("", () -> cache.get("k", Integer.class));
            fails("", () -> cache.put("k", 1, TTL));
            fails("", () -> cache.remove("k"));
            fails("", () -> cache.increment("k"));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        answers();
    }

    @Test
    void anInterruptWhileTheLeaderWaitsForThePoolIsKeptAndDoesNotEndItsCall() throws Exception {
        cache.close();
        cache = database.closing(
                PostgresCache.builder(pool).timeout(Duration.ofSeconds(60)).build());

        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread leader = new Thread(() -> {
            boolean missed = !cache.remove("k");
            result.complete(missed && Thread.currentThread().isInterrupted());
        });
        try (Connection taken = pool.getConnection()) {
            leader.start();
            await().until(() -> pool.getHikariPoolMXBean().getThreadsAwaitingConnection() == 1);
            leader.interrupt();
            await().until(() -> !leader.isInterrupted());
        }
        assertThat(result.get(60, TimeUnit.SECONDS)).isTrue();
    }

    /** Where the machine is too busy to answer the cancel request in time, the connection is cut off: then once more. */
    @Test
    void aStatementThatWaitsIsCancelledAndItsConnectionStaysUsable() {
        await().atMost(Duration.ofSeconds(60)).until(this::keepsItsBackend);
    }

    private boolean keepsItsBackend() throws SQLException {
        answers();
        int backend = backend();
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table psycache in access exclusive mode");
            fails("", () -> cache.get("k", Integer.class));
            await().until(() -> blocked() == 0);
            other.rollback();
        }
        answers();
        return backend() == backend;
    }

    private long blocked() {
        return database.queryForLong("select count(*) from pg_locks where not granted");
    }

    private int backend() throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return connection.unwrap(PGConnection.class).getBackendPID();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisabledIfEnvironmentVariable(
            named = "PSYCACHE_TEST_URL",
            matches = ".+",
            disabledReason = "the server is not ours")
    void aServerThatIsStoppedIsNotWaitedForByAnybody() throws Exception {
        answers();
        int backend = backend();
        signal("STOP", backend);
        try {
            List<CompletableFuture<Void>> callers = IntStream.range(0, 4)
                    .mapToObj(i -> started(() -> fails("", () -> cache.get("k", Integer.class))))
                    .toList();
            for (CompletableFuture<Void> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
        } finally {
            signal("CONT", backend);
        }
        answers();
    }

    private static CompletableFuture<Void> started(Runnable task) {
        return CompletableFuture.runAsync(task, command -> new Thread(command).start());
    }

    private static void signal(String name, int pid) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid))
                .start()
                .waitFor();
        assumeTrue(status == 0, "the server is another user's");
    }

    @Test
    void veryManyKeysHaveTheTimeoutManyTimes() {
        List<String> keys = IntStream.range(0, 20_000).mapToObj(i -> "k" + i).toList();
        cache.close();
        cache = database.closing(
                PostgresCache.builder(pool).timeout(Duration.ofSeconds(10)).build());
        cache.putAll(java.util.Map.of("k0", 0, "k19999", 1), TTL);

        assertThat(cache.getAll(keys, Integer.class)).isEqualTo(java.util.Map.of("k0", 0, "k19999", 1));
        assertThat(cache.async().getAll(keys, Integer.class).join()).hasSize(2);
    }

    @Test
    void callersWaitNoLongerThanTheirTimeoutForThoseBeforeThem() throws Exception {
        answers();
        CountDownLatch begun = new CountDownLatch(2);
        try (Connection taken = pool.getConnection()) {
            List<CompletableFuture<Void>> leaders = IntStream.range(0, 6)
                    .mapToObj(i -> started(() -> {
                        begun.countDown();
                        fails("", () -> cache.get("k" + i, Integer.class));
                    }))
                    .toList();
            begun.await();
            for (CompletableFuture<Void> leader : leaders) {
                leader.get(60, TimeUnit.SECONDS);
            }
        }
    }
}
