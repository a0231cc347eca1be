package io.psycache.internal.store.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntPredicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/** The connections that statements run on. Deadlines are as {@link System#nanoTime()}. Thread-safe. */
public final class Sessions {
    private static final int MOST_ATTEMPTS = 50;

    /** A hundred times what a statement of one key takes. To plan anew costs about half a millisecond. */
    private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final DataSource dataSource;
    private final DataSource own;
    private final Duration timeout;
    private final IntPredicate poolTaken;

    /** Connections that work with a deadline has now. */
    private final AtomicInteger held = new AtomicInteger();

    /** By the driver's connection, whether its session is SERIALIZABLE by default. */
    private final Map<Connection, Boolean> serializable = Collections.synchronizedMap(new WeakHashMap<>());

    /** @param timeout how long work without a deadline of its own may take */
    public Sessions(DataSource dataSource, Duration timeout) {
        this(dataSource, dataSource, timeout);
    }

    /**
     * @param dataSource of the application's transactions
     * @param own gives the connections of work outside them
     * @param timeout how long work without a deadline of its own may take
     */
    public Sessions(DataSource dataSource, DataSource own, Duration timeout) {
        this.dataSource = target(dataSource);
        this.own = target(own);
        this.timeout = timeout;
        this.poolTaken = PoolFigures.taken(this.own);
    }

    private static DataSource target(DataSource dataSource) {
        return dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null
                ? target(proxy.getTargetDataSource())
                : dataSource;
    }

    /** The data source under which Spring binds the connections of its transactions. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** A connection of the pool, for work that ends at {@code deadline}, in the queue of the pool or in a statement. */
    public Session until(long deadline) {
        return new InTime(deadline, () -> false, StatementOutcomes.NONE);
    }

    /**
     * {@link #until} for reads, which a caller can do without. They wait for a pool of which the application has all connections for 50 ms,
     * and {@code outcomes} is told of those that say something about the database.
     */
    public Session reading(long deadline, StatementOutcomes outcomes) {
        return new InTime(deadline, this::isPoolTaken, outcomes);
    }

    private boolean isPoolTaken() {
        return poolTaken.test(held.get());
    }

    /** {@link #until} the timeout from now. */
    public <T extends @Nullable Object> T inTime(String task, Session.Work<T> work) {
        return until(System.nanoTime() + timeout.toNanos()).run(task, work);
    }

    /** A connection of the pool, for as long as the work takes. */
    public Session unbounded() {
        return this::runUnbounded;
    }

    private <T extends @Nullable Object> T runUnbounded(String task, Session.Work<T> work) {
        return connect(task, own, connection -> autoCommitted(connection, work));
    }

    /** Runs work with the template on a new connection, in a transaction of its own. */
    public static <T extends @Nullable Object> T ownTransaction(
            String task, DataSource dataSource, Function<JdbcTemplate, T> work) {
        return connect(task, dataSource, connection -> ReadCommitted.query(connection, work));
    }

    /** Runs work on a new connection, which takes no part in a transaction of this thread. */
    public static <T extends @Nullable Object> T connect(String task, DataSource dataSource, Session.Work<T> work) {
        try (Connection connection = target(dataSource).getConnection()) {
            return work.run(connection);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        }
    }

    /** The connection of the caller's transaction; a failure is the caller's. */
    public Session callers() {
        return this::runInCallers;
    }

    private <T extends @Nullable Object> T runInCallers(String task, Session.Work<T> work) {
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            return work.run(connection);
        } catch (SQLException e) {
            throw SqlErrors.translated(task, e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }

    /** Whether the connection of this thread, which Spring has bound, commits each statement. */
    public boolean callersAutoCommits() {
        return callers().run("look for a transaction", Connection::getAutoCommit);
    }

    /** Whether an error has aborted the transaction of this thread. */
    public boolean isCallersAborted() {
        return callers().run("look at a transaction", Sessions::isAborted);
    }

    /** Whether PostgreSQL would refuse any statement on this connection, known without asking it. */
    public static boolean isAborted(Connection connection) throws SQLException {
        return connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.FAILED;
    }

    /**
     * Runs work with auto-commit on, which is restored to what it was. Work that met another change of its row is repeated, so it
     * ends where sessions are REPEATABLE READ by default.
     */
    private <T extends @Nullable Object> T autoCommitted(Connection connection, Session.Work<T> work)
            throws SQLException {
        long began = System.nanoTime();
        boolean autoCommit = connection.getAutoCommit();
        if (!autoCommit) {
            connection.setAutoCommit(true);
        }
        try {
            boolean isSerializable = isSerializable(connection);
            for (int attempt = 1; ; attempt++) {
                try {
                    return isSerializable ? ReadCommitted.transaction(connection, work) : work.run(connection);
                } catch (SQLException e) {
                    if (!SqlErrors.isConflict(e) || attempt == MOST_ATTEMPTS) {
                        throw e;
                    }
                }
            }
        } finally {
            forgetPlansIfSlow(connection, began);
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        }
    }

    /** Asks the server once per connection of the driver. */
    private boolean isSerializable(Connection connection) throws SQLException {
        Connection physical = connection.unwrap(BaseConnection.class);
        Boolean known = serializable.get(physical);
        if (known == null) {
            known = connection.getTransactionIsolation() == Connection.TRANSACTION_SERIALIZABLE;
            serializable.put(physical, known);
        }
        return known;
    }

    private final class InTime implements Session {
        private static final Deadline.Watch WATCH = new Deadline.Watch();

        private final long end;
        private final BooleanSupplier isTaken;
        private final StatementOutcomes outcomes;
        private final long began = System.nanoTime();

        private InTime(long end, BooleanSupplier isTaken, StatementOutcomes outcomes) {
            this.end = end;
            this.isTaken = isTaken;
            this.outcomes = outcomes;
        }

        @Override
        public <T extends @Nullable Object> T run(String task, Session.Work<T> work) {
            Deadline deadline = WATCH.begin(end, isTaken);
            try (Connection connection = deadline.connect(own)) {
                held.incrementAndGet();
                try {
                    T result = autoCommitted(connection, work);
                    outcomes.answered();
                    return result;
                } finally {
                    held.decrementAndGet();
                    deadline.release();
                }
            } catch (SQLException e) {
                throw failed(deadline, deadline.hasExpired() ? late(task, deadline, e) : SqlErrors.translated(task, e));
            } catch (DataAccessException e) { // of a part with a task of its own
                throw failed(deadline, deadline.hasExpired() ? late(task, deadline, e) : e);
            } finally {
                WATCH.end(deadline);
            }
        }

        /**
         * Says nothing of the database: a read with less than half of the timeout left, a connection that was lost, a process that stood
         * still, and a pool that others have.
         */
        private DataAccessException failed(Deadline deadline, DataAccessException failure) {
            if (end - began < timeout.toNanos() / 2) {
                return failure;
            }
            boolean isConnected = deadline.isConnected();
            if (isConnected && !deadline.hasExpired()) {
                if (!(failure instanceof DataAccessResourceFailureException)) {
                    outcomes.answered();
                }
            } else if (deadline.lateness() <= timeout.toNanos() / 4 && (isConnected || !isTaken.getAsBoolean())) {
                outcomes.failed(String.valueOf(failure.getMessage()));
            }
            return failure;
        }

        private QueryTimeoutException late(String task, Deadline deadline, Exception cause) {
            String problem = deadline.isConnected()
                    ? "PostgreSQL did not answer within"
                    : isTaken.getAsBoolean()
                            ? "the application has all connections of the pool, and a read waits for 50 ms of"
                            : "the pool had no connection to give within";
            return new QueryTimeoutException(
                    task + ": " + problem + " psycache.timeout (" + timeout.toMillis() + " ms)", cause);
        }
    }

    /**
     * A plan that was made while a table was small may read all of it, and is kept until autovacuum comes, however much the table
     * has grown by then.
     */
    private static void forgetPlansIfSlow(Connection connection, long began) {
        if (System.nanoTime() - began > SLOW_NANOS) {
            forgetPlans(connection);
        }
    }

    /** The next statements on the connection are planned anew. */
    public static void forgetPlans(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("discard plans");
        } catch (SQLException e) {
            // the connection is lost, and its plans with it; or time is up, and the next slow statement tries again
        }
    }
}
