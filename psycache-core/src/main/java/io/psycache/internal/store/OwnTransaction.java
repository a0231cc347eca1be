package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** A transaction of its own, whatever the thread is in; the connection's auto-commit is as before when it has ended. */
public final class OwnTransaction {

    private OwnTransaction() {}

    /** A connection that takes no part in a transaction of this thread. */
    public static Connection connect(DataSource dataSource) throws SQLException {
        if (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null) {
            return connect(proxy.getTargetDataSource());
        }
        return dataSource.getConnection();
    }

    public static <T> T run(Connection connection, SqlWork<T> work) throws SQLException {
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
