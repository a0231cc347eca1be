package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CleanupServiceTests {
    private static final Duration OFTEN = Duration.ofMillis(20);
    private static final Duration SELDOM = Duration.ofDays(365);
    private static final String LOCK = "lock table psycache in exclusive mode";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final Runs runs = new Runs();
    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .instrumentations(List.of(runs))
            .build());

    private void putEnded(String key) {
        cache.put(key, 1, Duration.ofNanos(1));
    }

    private long rows() {
        return database.queryForLong("select count(*) from psycache");
    }

    @Test
    void runsAtOnce() {
        putEnded("k");

        try (CleanupService cleanup = cache.startCleanup(SELDOM)) {
            await().until(() -> rows() == 0);
            assertThat(cleanup.isRunning()).isTrue();
        }
    }

    @Test
    void runsEveryInterval() {
        try (CleanupService cleanup = cache.startCleanup(OFTEN)) {
            for (String key : List.of("a", "b", "c")) {
                putEnded(key);
                await().until(() -> rows() == 0);
            }
            assertThat(cleanup.isRunning()).isTrue();
        }
    }

    @Test
    void survivesErrors() {
        try (CleanupService cleanup = cache.startCleanup(OFTEN)) {
            await().until(() -> runs.ended.get() > 0);
            putEnded("k");
            database.execute("alter table psycache rename to elsewhere");
            int before = runs.failed.get();
            await().until(() -> runs.failed.get() > before + 1);
            assertThat(cleanup.isRunning()).isTrue();
            database.execute("alter table elsewhere rename to psycache");

            await().until(() -> rows() == 0);
            assertThat(cleanup.stop()).isTrue();
        }
    }

    @Test
    void survivesWhatIsNoException() {
        runs.error = new StackOverflowError("of an observer");
        try (CleanupService cleanup = cache.startCleanup(OFTEN)) {
            await().until(() -> runs.started.get() > 1);
            assertThat(cleanup.isRunning()).isTrue();
            runs.error = null;
            putEnded("k");
            await().until(() -> rows() == 0);
        }
    }

    @Test
    void runsNoMoreOnceItIsStopped() {
        CleanupService cleanup = cache.startCleanup(OFTEN);
        await().until(() -> runs.ended.get() > 2);

        assertThat(cleanup.stop()).isTrue();
        assertThat(cleanup.isRunning()).isFalse();
        int after = runs.started.get();
        putEnded("k");
        cache.startCleanup(SELDOM).stop(); // at least one run of another
        assertThat(runs.started.get()).isLessThanOrEqualTo(after + 1);
        assertThat(cleanup.stop()).isTrue();
    }

    @Test
    void stopSaysWhetherARunIsStillUnderWay() throws Exception {
        try (Connection other = database.unpooled().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            putEnded("k");
            statement.execute(LOCK);
            CleanupService cleanup = cache.startCleanup(OFTEN);
            await().until(this::sweepWaits);

            assertThat(cleanup.stop(Duration.ofMillis(1))).isFalse();
            assertThat(cleanup.isRunning()).isFalse();
            assertThat(rows()).isOne();
            other.rollback();
            assertThat(cleanup.stop(Duration.ofSeconds(10))).isTrue();
        }
        assertThat(rows()).isZero();
        assertThat(runs.started).hasValue(1);
    }

    private boolean sweepWaits() {
        return database.queryForLong(
                        "select count(*) from pg_locks where not granted" + " and relation = 'psycache'::regclass")
                > 0;
    }

    @Test
    void interruptedStopKeepsTheInterrupt() throws Exception {
        try (Connection other = database.unpooled().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            putEnded("k");
            statement.execute(LOCK);
            CleanupService cleanup = cache.startCleanup(OFTEN);
            await().until(this::sweepWaits);
            Thread.currentThread().interrupt();

            assertThat(cleanup.stop(Duration.ofSeconds(30))).isFalse();
            assertThat(Thread.interrupted()).isTrue();
            other.rollback();
            assertThat(cleanup.stop(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void badTimeoutIsNamedAndTheCacheStillStopsIt() {
        CleanupService cleanup = cache.startCleanup(OFTEN);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> cleanup.stop(Duration.ZERO))
                .withMessageStartingWith("timeout");
        assertThat(cleanup.isRunning()).isTrue();
        cache.close();
        assertThat(cleanup.isRunning()).isFalse();
    }

    @Test
    void closeOfTheCacheStopsTheCleanupsStartedFromItAndItsViews() {
        CleanupService one = cache.startCleanup(OFTEN);
        CleanupService two = cache.withTags("t").startCleanup(SELDOM);

        cache.close();

        assertThat(one.isRunning()).isFalse();
        assertThat(two.isRunning()).isFalse();
        assertThat(one.stop()).isTrue();
    }

    @Test
    void twoNodesAtOnceDeleteEachRowOnce() {
        Runs others = new Runs();
        try (PostgresCache other = PostgresCache.builder(database.dataSource())
                        .instrumentations(List.of(others))
                        .build();
                CleanupService one = cache.startCleanup(OFTEN);
                CleanupService two = other.startCleanup(OFTEN)) {
            for (int i = 0; i < 200; i++) {
                putEnded("k" + i);
            }
            await().until(() -> rows() == 0);
            assertThat(one.stop()).isTrue();
            assertThat(two.stop()).isTrue();
            assertThat(runs.deleted.get() + others.deleted.get()).isEqualTo(200);
            assertThat(runs.failed.get() + others.failed.get()).isZero();
        }
    }

    private static final class Runs implements CacheInstrumentation, CacheInstrumentation.Span {
        private final AtomicInteger started = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final AtomicInteger deleted = new AtomicInteger();
        private volatile Error error;

        @Override
        public Span startSpan(Operation operation, List<String> keys, String spanName) {
            if (operation != Operation.CLEANUP) {
                return Span.NONE;
            }
            started.incrementAndGet();
            if (error != null) {
                throw error;
            }
            return this;
        }

        @Override
        public void recordRemoved(long count) {
            deleted.addAndGet((int) count);
        }

        @Override
        public void recordError(Throwable error) {
            failed.incrementAndGet();
        }

        @Override
        public void close() {
            ended.incrementAndGet();
        }
    }
}
