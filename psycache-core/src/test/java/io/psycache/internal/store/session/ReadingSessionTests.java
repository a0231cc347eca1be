package io.psycache.internal.store.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;

/** What the outcomes of reads say of the database, and how long they wait for a pool. */
@SuppressWarnings("try") // connections that are taken and not used
class ReadingSessionTests {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    private final List<String> told = new CopyOnWriteArrayList<>();
    private final FaultyNetwork network = database.newNetwork();
    private final HikariDataSource pool = database.newPool(network, 3);
    private final Sessions sessions = new Sessions(pool, TIMEOUT);
    private final StatementOutcomes outcomes = new StatementOutcomes() {
        @Override
        public void answered() {
            told.add("answered");
        }

        @Override
        public void failed(String reason) {
            told.add(reason);
        }
    };

    private void read(String sql) {
        Session session = sessions.reading(System.nanoTime() + TIMEOUT.toNanos(), outcomes);
        session.query("read", jdbc -> jdbc.queryForList(sql));
    }

    private static Duration failing(ThrowingCallable call) {
        long began = System.nanoTime();
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(call).withMessageContaining("(1000 ms)");
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void anErrorIsAnAnswer() {
        read("select 1");
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> read("select 1/0"));
        assertThat(told).containsExactly("answered", "answered");
    }

    @Test
    void noAnswerIsAFailure() {
        read("select 1");
        network.cut();
        failing(() -> read("select 1"));
        assertThat(told).hasSize(2).last().asString().contains("PostgreSQL did not answer");
    }

    @Test
    void aServerThatRefusesIsAFailure() throws Exception {
        network.refuse();
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> read("select 1"));
        assertThat(told).singleElement().asString().contains("the pool had no connection to give");
    }

    @Test
    void aPoolThatTheApplicationHasIsNotAFailureAndNotWaitedForLong() throws SQLException {
        read("select 1");
        try (Connection first = pool.getConnection();
                Connection second = pool.getConnection();
                Connection third = pool.getConnection()) {
            assertThat(failing(() -> read("select 1"))).isLessThan(TIMEOUT.dividedBy(2));
        }
        read("select 1");
        assertThat(told).containsExactly("answered", "answered");
    }

    @Test
    void aPoolThatTheCacheHasIsAFailure() throws SQLException {
        read("select 1");
        try (Connection first = pool.getConnection()) {
            sessions.until(System.nanoTime() + 60 * TIMEOUT.toNanos())
                    .run(
                            "hold",
                            held -> sessions.until(System.nanoTime() + 60 * TIMEOUT.toNanos())
                                    .run("hold", too -> failing(() -> read("select 1"))));
        }
        assertThat(told).hasSize(2).last().asString().contains("the pool had no connection to give");
    }

    @Test
    void anEvictionWaitsForThePoolForAsLongAsItMay() throws SQLException {
        read("select 1");
        try (Connection first = pool.getConnection();
                Connection second = pool.getConnection();
                Connection third = pool.getConnection()) {
            Duration waited = failing(() -> sessions.inTime(
                    "evict", connection -> connection.createStatement().execute("select 1")));
            assertThat(waited).isGreaterThanOrEqualTo(TIMEOUT);
        }
        assertThat(told).containsExactly("answered");
    }

    @Test
    void aConnectionThatWasLostSaysNothing() throws Exception {
        read("select 1");
        Session session = sessions.reading(System.nanoTime() + TIMEOUT.toNanos(), outcomes);
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> session.run("read", connection -> {
                    network.refuse();
                    return connection.createStatement().executeQuery("select 1");
                }));
        assertThat(told).containsExactly("answered");
    }
}
