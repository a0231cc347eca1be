package io.psycache.internal.store.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Work of the cache's own, which is READ COMMITTED whatever the default of its session is. If gets were SERIALIZABLE, their reads
 * of the log would make transactions fail that insert the invalidations of other keys. The level is set for one transaction: one
 * that is set for the session would stay on a connection that a pooler on the server's side gives to others.
 */
public final class ReadCommitted {

    private ReadCommitted() {}

    /** {@link #transaction} for work with the template. */
    public static <T extends @Nullable Object> T query(Connection connection, Function<JdbcTemplate, T> work)
            throws SQLException {
        return transaction(connection, own -> ConnectionTemplate.query(own, work));
    }

    /** Runs work in a transaction of its own, on a connection that keeps its auto-commit mode. It ends one that is there. */
    static <T extends @Nullable Object> T transaction(Connection connection, Session.Work<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            setLevel(connection);
            T result = work.run(connection);
            connection.commit();
            connection.setAutoCommit(autoCommit);
            return result;
        } catch (SQLException | RuntimeException e) {
            undo(connection, autoCommit, e);
            throw e;
        }
    }

    private static void setLevel(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set transaction isolation level read committed");
        }
    }

    private static void undo(Connection connection, boolean autoCommit, Exception cause) {
        try {
            connection.rollback();
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
