package io.psycache.internal.store.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The time that is left when a connection comes. */
class DeadlineTests {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final HikariDataSource pool = database.newPool(1, true);

    private static Deadline watched(long secondsGone, long secondsLeft) {
        long now = System.nanoTime();
        return new Deadline(now - secondsGone * SECOND, now + secondsLeft * SECOND, () -> false, Runnable::run);
    }

    @Test
    void aConnectionThatComesWhenStatementsAreCancelledGoesBackUnused() {
        Deadline watched = watched(950, 50);

        assertThatExceptionOfType(SQLTimeoutException.class).isThrownBy(() -> watched.connect(pool));
        assertThat(watched.hasExpired()).isTrue();
        assertThat(watched.isConnected()).isFalse();
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);
    }

    @Test
    void aConnectionThatComesBeforeIsTaken() throws SQLException {
        Deadline watched = watched(850, 150);

        try (Connection connection = watched.connect(pool)) {
            assertThat(connection.isValid(1)).isTrue();
        }
        assertThat(watched.hasExpired()).isFalse();
    }

    @Test
    void anInterruptOfOthersOutlivesAConnectionThatComesTooLate() {
        Deadline watched = watched(950, 50);
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(SQLTimeoutException.class).isThrownBy(() -> watched.connect(pool));
        watched.end();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aConnectionThatHangsIsCutOffBeneathAPoolThatWouldOnlyForgetIt() throws SQLException {
        Deadline watched = watched(1, 1_000);
        try (Connection physical = database.unpooled().getConnection()) {
            watched.connect(new SingleConnectionDataSource(forgetful(physical), true));

            watched.check(System.nanoTime() + 2_000 * SECOND);
            assertThat(physical.isClosed()).isTrue();
            assertThat(watched.hasExpired()).isTrue();
        }
    }

    @Test
    void aCancelRequestUnderWayIsWaitedForBeforeTheConnectionGoesBack() throws Exception {
        try (Connection physical = database.unpooled().getConnection()) {
            List<Runnable> underWay = new ArrayList<>();
            Deadline watched =
                    new Deadline(System.nanoTime(), System.nanoTime() + 100 * SECOND, () -> false, underWay::add);
            watched.connect(new SingleConnectionDataSource(physical, true));
            watched.check(System.nanoTime() + 95 * SECOND);

            Thread releasing = new Thread(watched::release);
            releasing.start();
            await().until(() -> releasing.getState() == Thread.State.TIMED_WAITING);
            underWay.get(0).run();
            releasing.join();
            assertThat(physical.isValid(1)).isTrue();
        }
    }

    @Test
    void aCancelRequestThatDoesNotEndInTimeCostsTheConnection() throws SQLException {
        try (Connection physical = database.unpooled().getConnection()) {
            long deadline = System.nanoTime() + SECOND;
            Deadline watched = new Deadline(System.nanoTime(), deadline, () -> false, request -> {});
            watched.connect(new SingleConnectionDataSource(physical, true));
            watched.check(deadline - 1);

            watched.release();
            assertThat(physical.isClosed()).isTrue();
        }
    }

    @Test
    void aDeadlineThatIsSeenLateSaysSo() throws SQLException {
        Deadline inTime = watched(1, 1_000);
        Deadline late = watched(1, 1_000);
        try (Connection connection = inTime.connect(pool)) {
            inTime.check(System.nanoTime() + 950 * SECOND);
            late.check(System.nanoTime() + 1_300 * SECOND);
            Thread.interrupted();

            assertThat(connection.isClosed()).isFalse();
            assertThat(inTime.lateness()).isLessThan(100 * SECOND);
            assertThat(late.lateness()).isGreaterThan(250 * SECOND);
        }
    }

    private static Connection forgetful(Connection physical) {
        return (Connection) Proxy.newProxyInstance(
                DeadlineTests.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("abort")) {
                        throw new SQLException("forgotten");
                    }
                    return method.invoke(physical, arguments);
                });
    }
}
