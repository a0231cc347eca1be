package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** A transaction of its own, whatever transaction the thread is in. Its connection keeps its auto-commit mode. */
public final class OwnTransaction {

    private OwnTransaction() {}

    /** Runs work on a new connection that takes no part in a transaction of this thread. */
    public static <T extends @Nullable Object> T connect(String task, DataSource dataSource, SqlWork<T> work) {
        try (Connection connection = target(dataSource).getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        }
    }

    private static DataSource target(DataSource dataSource) {
        return dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? target(proxy.getTargetDataSource())
                : dataSource;
    }

    public static <T extends @Nullable Object> T run(Connection connection, SqlWork<T> work) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        try {
            T result = work.run(connection);
            connection.commit();
            connection.setAutoCommit(autoCommit);
            return result;
        } catch (SQLException | RuntimeException e) {
            undo(connection, autoCommit, e);
            throw e;
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
