package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connections that many callers at once take outside transactions are those that the page of operations promises. */
class ConnectionUseTests {
    private static final int CALLERS = 16;

    private static final int LANES = 2;
    private static final int WRITER = 1;
    private static final int LONG_WORK = 1;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final HikariDataSource pool = database.newPool(CALLERS + 4, true);
    private final HeldStatements statements = new HeldStatements();
    private final DataSource dataSource = ObservedDataSource.of(pool, statements);
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final PostgresCache cache = database.closing(PostgresCache.builder(dataSource)
            .partition(Partition.SINGLE)
            .lanes(LANES)
            .timeout(Duration.ofMinutes(1))
            .build());

    /** What one of the callers does; each has keys, tags and a region of its own. */
    enum Operation {
        GET(LANES, (cache, i) -> cache.get("k" + i, String.class)),
        GET_ALL(LANES, (cache, i) -> cache.getAll(List.of("k" + i, "absent" + i), String.class)),
        GET_OR_LOAD(LANES + WRITER, (cache, i) -> cache.getOrLoad("absent" + i, String.class, () -> "v")),
        GET_ALL_OR_LOAD(
                LANES + WRITER,
                (cache, i) -> cache.getAllOrLoad(
                        List.of("k" + i, "absent" + i), String.class, null, keys -> Map.of("absent" + i, "v"))),
        EXISTS(LANES, (cache, i) -> cache.exists("k" + i)),
        PUT(LANES, (cache, i) -> cache.put("k" + i, "v")),
        PUT_ALL(LANES, (cache, i) -> cache.putAll(Map.of("k" + i, "v", "absent" + i, "v"), null)),
        PUT_IF_ABSENT(LANES, (cache, i) -> cache.putIfAbsent("absent" + i, "v", null)),
        REMOVE(LANES, (cache, i) -> cache.remove("k" + i)),
        REMOVE_ALL(LANES, (cache, i) -> cache.removeAll(List.of("k" + i, "absent" + i))),
        INCREMENT(LANES, (cache, i) -> cache.increment("counter" + i)),
        INVALIDATE_TAGS(LANES, (cache, i) -> cache.invalidateTags("tag" + i)),
        REMOVE_BY_PREFIX(LANES + LONG_WORK, (cache, i) -> cache.removeByPrefix("k" + i)),
        FLUSH(LANES + LONG_WORK, (cache, i) -> cache.flush()),
        EVICT(LANES, (cache, i) -> region(cache, i).evict("k" + i)),
        EVICT_IF_PRESENT(LANES, (cache, i) -> region(cache, i).evictIfPresent("k" + i)),
        CLEAR(LANES, (cache, i) -> region(cache, i).clear()),
        INVALIDATE(LANES, (cache, i) -> region(cache, i).invalidate()),
        BEGIN(LANES, (cache, i) -> region(cache, i).begin());

        private final int connections;
        private final Call call;

        Operation(int connections, Call call) {
            this.connections = connections;
            this.call = call;
        }

        private static CacheRegion region(PostgresCache cache, int caller) {
            return cache.region("region" + caller);
        }
    }

    /** An operation of a caller, by its number. */
    private interface Call {
        void of(PostgresCache cache, int caller);
    }

    @BeforeEach
    void open() throws SQLException {
        fill(pool.getMaximumPoolSize());
        IntStream.rangeClosed(0, CALLERS).forEach(i -> cache.put("k" + i, "v"));
    }

    /** A connection that a caller has to wait for would look like one that it does not ask for. */
    private void fill(int connections) throws SQLException {
        if (connections > 0) {
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isValid(0)).isTrue();
                fill(connections - 1);
            }
        }
    }

    @AfterEach
    void release() {
        statements.release();
    }

    @ParameterizedTest
    @EnumSource
    void manyCallersOf(Operation operation) {
        operation.call.of(cache, CALLERS);

        atOnce(caller -> operation.call.of(cache, caller));

        assertThat(statements.mostTaken()).isBetween(1, operation.connections);
    }

    @Test
    void manyCallersOfAllOperations() {
        Operation[] operations = Operation.values();
        atOnce(caller -> {
            for (int i = 0; i < operations.length; i++) {
                operations[(caller + i) % operations.length].call.of(cache, caller);
            }
        });

        assertThat(statements.mostTaken()).isBetween(1, LANES + WRITER + LONG_WORK);
    }

    @Test
    void aFlushThatTakesLongDelaysNoOtherInvalidation() throws SQLException {
        try (Connection holder = pool.getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table psycache in share mode");
            CompletableFuture<Long> flush = cache.async().flush();
            await().until(() -> waitsForALock(statement));

            assertThat(CompletableFuture.supplyAsync(() -> cache.region("r").invalidate()))
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(false);
            assertThat(flush).isNotDone();

            holder.rollback();
            holder.setAutoCommit(true);
            assertThat(flush).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(CALLERS + 1L);
        }
    }

    private static boolean waitsForALock(Statement statement) throws SQLException {
        try (ResultSet locks = statement.executeQuery("select from pg_locks where not granted")) {
            return locks.next();
        }
    }

    /** The control: what takes a connection for each caller is seen. */
    @Test
    void callersWithAConnectionEachAreCounted() throws SQLException {
        fillPool();
        atOnce(caller -> select());

        assertThat(statements.mostTaken()).isEqualTo(CALLERS);
    }

    /** Opens a connection for each caller: while the pool still grows, callers wait for it. */
    private void fillPool() throws SQLException {
        List<Connection> all = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            all.add(pool.getConnection());
        }
        for (Connection connection : all) {
            connection.close();
        }
    }

    private void select() {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("select 1");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Holds every statement until all callers wait, for a connection or with one. */
    private void atOnce(IntConsumer work) {
        statements.hold();
        List<Thread> callers = callers(work);
        callers.forEach(Thread::start);
        await().pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> statements.areThere() && callers.stream().allMatch(this::waits) && isStill());
        statements.release();
        await().atMost(Duration.ofMinutes(1)).until(() -> callers.stream().noneMatch(Thread::isAlive));
        assertThat(failures).isEmpty();
    }

    private List<Thread> callers(IntConsumer work) {
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            int caller = i;
            callers.add(new Thread(() -> run(start, () -> work.accept(caller)), "caller " + i));
        }
        return callers;
    }

    private void run(CyclicBarrier start, Runnable work) {
        try {
            start.await();
            work.run();
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private boolean waits(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    /** Whether no other thread, such as one that works for the callers, is on its way through the cache. */
    private boolean isStill() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(running -> running.getKey() != Thread.currentThread() && !waits(running.getKey()))
                .noneMatch(running -> isOurs(running.getValue()));
    }

    private static boolean isOurs(StackTraceElement[] frames) {
        return List.of(frames).stream().anyMatch(frame -> frame.getClassName().startsWith("io.psycache."));
    }
}
