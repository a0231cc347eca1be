package io.psycache.internal.store.session;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.RowMapperResultSetExtractor;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The {@link JdbcTemplate} of the store. Its connection is the one that its work is given, whatever transaction the thread is in.
 *
 * <p>That connection is bound to the thread while the work runs, as Spring binds the one of a transaction. A template over a data
 * source of the connection would bind it too, but until the end of the caller's transaction. Thread-safe.
 */
public final class ConnectionTemplate {
    /** Maps a row to its first column. */
    public static final RowMapper<String> TEXT = (row, number) -> row.getString(1);

    /** Maps a row to its first column. */
    public static final RowMapper<Long> NUMBER = (row, number) -> row.getLong(1);

    private static final DataSource BOUND = new BoundConnection();
    private static final JdbcTemplate TEMPLATE = new JdbcTemplate(BOUND);

    static {
        TEMPLATE.setExceptionTranslator((task, sql, cause) -> SqlErrors.translated(task, cause));
    }

    private ConnectionTemplate() {}

    /**
     * Runs work with the template on a connection, which stays open. A failing statement is an {@link SQLException}, so that the
     * session may repeat the work, and translates the failure with the name of the task.
     */
    public static <T extends @Nullable Object> T query(Connection connection, Function<JdbcTemplate, T> work)
            throws SQLException {
        Object outer = TransactionSynchronizationManager.unbindResourceIfPossible(BOUND);
        TransactionSynchronizationManager.bindResource(BOUND, new ConnectionHolder(connection));
        try {
            return work.apply(TEMPLATE);
        } catch (DataAccessException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw e;
        } finally {
            TransactionSynchronizationManager.unbindResource(BOUND);
            if (outer != null) {
                TransactionSynchronizationManager.bindResource(BOUND, outer);
            }
        }
    }

    /**
     * The rows of a statement's current result; then the next result is the current one. This is for several queries in one
     * round trip, of which the template's own methods see only the first.
     */
    public static <T> List<T> rows(PreparedStatement statement, RowMapper<T> mapper) throws SQLException {
        List<T> rows = new RowMapperResultSetExtractor<>(mapper).extractData(statement.getResultSet());
        statement.getMoreResults();
        return rows;
    }

    /** Stands for the connection that is bound to the thread. */
    private static final class BoundConnection extends AbstractDataSource {

        @Override
        public Connection getConnection() {
            throw new IllegalStateException("The template was used outside of its work");
        }

        @Override
        public Connection getConnection(String user, String password) {
            return getConnection();
        }
    }
}
