package io.psycache.internal.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The connections that statements run on: one of their own, or that of the caller's transaction. Deadlines are as {@link
 * System#nanoTime()}.
 */
public final class Sessions {
    private static final int MOST_ATTEMPTS = 50;
    private static final Watch WATCH = new Watch();

    /** A hundred times what a statement of one key takes. To plan anew costs about half a millisecond. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DataSource dataSource;
    private final Duration timeout;
    private final @Nullable Long deadline;

    public Sessions(DataSource dataSource, Duration timeout) {
        this(target(dataSource), timeout, null);
    }

    private Sessions(DataSource dataSource, Duration timeout, @Nullable Long deadline) {
        this.dataSource = dataSource;
        this.timeout = timeout;
        this.deadline = deadline;
    }

    /** The same for work that ends at {@code end}, however much of the timeout it would have. */
    Sessions until(long end) {
        return new Sessions(dataSource, timeout, end);
    }

    private static DataSource target(DataSource dataSource) {
        return dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? target(proxy.getTargetDataSource())
                : dataSource;
    }

    /**
     * Whether this thread is in a transaction on our data source. One of another data source, or of a message broker, may hold a
     * connection of ours too, for as long as it lasts: with auto-commit on, so without a transaction.
     */
    boolean inTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.getResource(dataSource) instanceof ConnectionHolder
                && !callers("look for a transaction", Connection::getAutoCommit);
    }

    /** Whether the transaction of this thread is declared SERIALIZABLE, where reads of the cache would make it fail. */
    public static boolean isSerializable() {
        Integer level = TransactionSynchronizationManager.getCurrentTransactionIsolationLevel();
        return level != null && level == TransactionDefinition.ISOLATION_SERIALIZABLE;
    }

    /**
     * On a connection of its own with auto-commit on, which it has restored to what it was. Work that met another change of its
     * row is repeated: so it ends where sessions are REPEATABLE READ or SERIALIZABLE by default.
     */
    public <T extends @Nullable Object> T own(String task, SqlWork<T> work) {
        return Detached.run(() -> onOwn(task, work));
    }

    private <T extends @Nullable Object> T onOwn(String task, SqlWork<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return autoCommitted(connection, work);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        }
    }

    /** {@link #own}, ended at the deadline wherever it is then: in the queue of the pool, or in a statement. */
    public <T extends @Nullable Object> T inTime(String task, SqlWork<T> work) {
        return Detached.run(() -> onOwnInTime(task, work));
    }

    private <T extends @Nullable Object> T onOwnInTime(String task, SqlWork<T> work) {
        Watched watched = WATCH.begin(deadline != null ? deadline : System.nanoTime() + timeout.toNanos());
        try (Connection connection = watched.connect(dataSource)) {
            try {
                return autoCommitted(connection, forgettingSlowPlans(work));
            } finally {
                watched.release();
            }
        } catch (SQLException e) {
            throw watched.hasExpired() ? late(task, watched, e) : SqlErrors.translated(task, e);
        } finally {
            WATCH.end(watched);
        }
    }

    /**
     * Work that forgets the connection's plans where it was slow. One that was made while a table was small may read all of it, and
     * is kept until autovacuum comes, however much the table has grown by then.
     */
    private static <T extends @Nullable Object> SqlWork<T> forgettingSlowPlans(SqlWork<T> work) {
        return connection -> {
            long began = System.nanoTime();
            try {
                return work.run(connection);
            } finally {
                if (System.nanoTime() - began > SLOW_NANOS) {
                    forgetPlans(connection);
                }
            }
        };
    }

    private static void forgetPlans(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("discard plans");
        } catch (SQLException e) {
            // the connection is lost, and its plans with it; or time is up, and the next slow statement tries again
        }
    }

    private QueryTimeoutException late(String task, Watched watched, SQLException cause) {
        return new QueryTimeoutException(
                task
                        + (watched.isConnected()
                                ? ": PostgreSQL did not answer"
                                : ": the pool had no connection to give")
                        + " within psycache.timeout (" + timeout.toMillis() + " ms)",
                cause);
    }

    private static <T extends @Nullable Object> T autoCommitted(Connection connection, SqlWork<T> work)
            throws SQLException {
        if (connection.getAutoCommit()) {
            return repeated(connection, work);
        }
        connection.setAutoCommit(true);
        try {
            return repeated(connection, work);
        } finally {
            connection.setAutoCommit(false);
        }
    }

    private static <T extends @Nullable Object> T repeated(Connection connection, SqlWork<T> work) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.run(connection);
            } catch (SQLException e) {
                if (!SqlErrors.isConflict(e) || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** In a short transaction of its own. */
    public <T extends @Nullable Object> T ownTransaction(String task, SqlWork<T> work) {
        return Detached.run(() -> inOwnTransaction(task, work));
    }

    private <T extends @Nullable Object> T inOwnTransaction(String task, SqlWork<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            return OwnTransaction.run(connection, work);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        }
    }

    /** On the connection of the caller's transaction; a failure is the caller's. */
    public <T extends @Nullable Object> T callers(String task, SqlWork<T> work) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** {@link #callers} in a transaction, else {@link #inTime}. */
    public <T extends @Nullable Object> T current(String task, SqlWork<T> work) {
        return inTransaction() ? callers(task, work) : inTime(task, work);
    }

    /** Whether PostgreSQL would refuse any statement on this connection, known without asking it. */
    public static boolean isAborted(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
    }
}
