package io.psycache.internal.store.session;

import static io.psycache.internal.store.session.ConnectionTemplate.NUMBER;
import static io.psycache.internal.store.session.ConnectionTemplate.TEXT;
import static io.psycache.internal.store.session.ConnectionTemplate.query;
import static io.psycache.internal.store.session.ConnectionTemplate.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class ConnectionTemplateTests {
    private static final String PID = "select pg_backend_pid()";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void theConnectionIsTheGivenOneAndStaysOpen() throws SQLException {
        try (Connection connection = database.unpooled().getConnection()) {
            assertThat(pid(connection)).isEqualTo(pidOf(connection));
            assertThat(connection.isClosed()).isFalse();
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {TransactionDefinition.PROPAGATION_SUPPORTS, TransactionDefinition.PROPAGATION_REQUIRED})
    void nothingStaysInATransactionOfTheCallers(int propagation) {
        TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(database.dataSource()));
        transaction.setPropagationBehavior(propagation);
        transaction.executeWithoutResult(status -> {
            Map<Object, Object> before = TransactionSynchronizationManager.getResourceMap();
            workInATransaction();
            assertThat(TransactionSynchronizationManager.getSynchronizations()).isEmpty();
            assertThat(TransactionSynchronizationManager.getResourceMap()).isEqualTo(before);
        });
    }

    private void workInATransaction() {
        assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isTrue();
        try (Connection connection = database.unpooled().getConnection()) {
            assertThat(pid(connection)).isEqualTo(pidOf(connection));
            assertThatThrownBy(() -> query(connection, jdbc -> jdbc.update("nonsense")))
                    .isInstanceOf(SQLException.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workWithinWorkHasItsOwnConnection() throws SQLException {
        try (Connection outer = database.unpooled().getConnection();
                Connection inner = database.unpooled().getConnection()) {
            List<Long> pids = query(outer, jdbc -> List.of(pid(jdbc), pidOfWork(inner), pid(jdbc)));
            assertThat(pids).containsExactly(pidOf(outer), pidOf(inner), pidOf(outer));
        }
    }

    private static long pidOfWork(Connection connection) {
        try {
            return pid(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFailingStatementIsWhatTheServerSaid() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> query(connection, jdbc -> jdbc.update("delete from nowhere")))
                    .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("42P01"));
        }
    }

    @Test
    void whatTheTemplateItselfRefusesIsItsOwnException() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThatExceptionOfType(EmptyResultDataAccessException.class)
                    .isThrownBy(() -> query(connection, jdbc -> jdbc.queryForObject("select 1 where false", NUMBER)));
        }
    }

    @Test
    void afterItsWorkTheTemplateIsRefused() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            JdbcTemplate kept = query(connection, jdbc -> jdbc);
            assertThatThrownBy(() -> kept.execute("select 1")).hasRootCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void rowsOfSeveralQueriesComeOneAfterTheOther() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            List<String> all = query(
                    connection,
                    jdbc -> jdbc.execute(
                            "select generate_series(1, 2); select 3 where false; select ?",
                            (PreparedStatement three) -> rowsOfThree(three)));
            assertThat(all).containsExactly("1", "2", "|", "|", "4");
        }
    }

    private static List<String> rowsOfThree(PreparedStatement statement) throws SQLException {
        statement.setString(1, "4");
        statement.execute();
        List<String> all = rows(statement, TEXT);
        all.add("|");
        all.addAll(rows(statement, TEXT));
        all.add("|");
        all.addAll(rows(statement, TEXT));
        return all;
    }

    private static long pid(Connection connection) throws SQLException {
        return query(connection, ConnectionTemplateTests::pid);
    }

    private static long pid(JdbcTemplate jdbc) {
        return jdbc.query(PID, NUMBER).get(0);
    }

    private static long pidOf(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }
}
