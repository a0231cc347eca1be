package io.psycache.internal.store.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;

class SqlErrorsTests {
    private static final String SECRET = "4711";
    private static final String DUPLICATE =
            "duplicate key value violates unique constraint \"t_pkey\" (SQLSTATE 23505)";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    void aMissingTableIsNamedWithTheTask() {
        assertThat(translated("select * from nowhere"))
                .isInstanceOf(BadSqlGrammarException.class)
                .hasMessage("test: relation \"nowhere\" does not exist (SQLSTATE 42P01)");
    }

    @Test
    void ourVariantsHaveTheNamesOfSpringsExceptions() {
        assertThat(translated("nonsense").getClass().getSimpleName()).isEqualTo("BadSqlGrammarException");
        assertThat(translated(raise("P0001")).getClass().getSimpleName()).isEqualTo("UncategorizedSQLException");
    }

    @Test
    void theServersDetailIsNotInTheMessage() {
        database.execute("create table t (k text primary key)");
        String twice = "insert into t values ('%1$s'), ('%1$s')".formatted(SECRET);
        assertThat(failure(twice).getMessage()).contains(SECRET);
        assertThat(translated(twice)).isInstanceOf(DuplicateKeyException.class).hasMessage("test: " + DUPLICATE);
    }

    @Test
    void noTypeOfExceptionHasTheDetail() {
        for (String state :
                new String[] {"P0001", "42501", "40001", "40P01", "55P03", "57014", "53100", "22P02", "08006"}) {
            assertThat(translated(raise(state)))
                    .as(state)
                    .hasMessage("test: told (SQLSTATE " + state + ")")
                    .hasCauseInstanceOf(SQLException.class);
        }
    }

    @Test
    void whatSpringHasNoTypeForIsUncategorized() {
        assertThat(translated(raise("P0001"))).isInstanceOf(UncategorizedSQLException.class);
        assertThat(translated(raise("57014"))).isInstanceOf(QueryTimeoutException.class);
    }

    @Test
    void aFailureOfThePoolIsToldInItsWords() {
        assertThat(SqlErrors.translated("test", new SQLTransientConnectionException("the pool is empty")))
                .isInstanceOf(TransientDataAccessResourceException.class)
                .hasMessage("test: the pool is empty");
    }

    private DataAccessException translated(String sql) {
        return SqlErrors.translated("test", failure(sql));
    }

    private static String raise(String state) {
        return "do $$ begin raise exception 'told' using errcode = '%s', detail = '%s', hint = '%s'; end $$"
                .formatted(state, SECRET, SECRET);
    }

    private SQLException failure(String sql) {
        return catchThrowableOfType(SQLException.class, () -> {
            try (Connection connection = database.unpooled().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }
}
