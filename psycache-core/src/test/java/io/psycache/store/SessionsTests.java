package io.psycache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.jdbc.PgStatement;

/** What a statement of ours is bounded by. */
class SessionsTests {

    @ParameterizedTest
    @CsvSource({"PT0.000000001S, 1", "PT0.000999999S, 1", "PT0.5S, 500", "PT1M, 60000"})
    void timeoutIsThatOfTheStatementAndNeverNone(Duration timeout, long millis) throws SQLException {
        try (TestDatabase database = TestDatabase.create();
                Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            new Sessions(database.dataSource(), timeout).bounded(statement);

            assertThat(statement.unwrap(PgStatement.class).getQueryTimeoutMs()).isEqualTo(millis);
        }
    }
}
