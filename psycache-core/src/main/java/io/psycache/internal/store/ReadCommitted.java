package io.psycache.internal.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Work of the cache's own, which is READ COMMITTED whatever the default of its session is. If gets were SERIALIZABLE, their reads
 * of the log would make transactions fail that insert the invalidations of other keys. The level is set for one transaction: one
 * that is set for the session would stay on a connection that a pooler on the server's side gives to others.
 */
public final class ReadCommitted {

    private ReadCommitted() {}

    /** Runs work in a transaction of its own, on a connection that is in none and keeps its auto-commit mode. */
    public static <T extends @Nullable Object> T transaction(Connection connection, Session.Work<T> work)
            throws SQLException {
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

    /** The connection with a transaction for each statement that would commit by itself: three round trips instead of one. */
    static Connection statements(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Object result = call(connection, method, arguments);
            return result instanceof Statement statement
                    ? statement(connection, statement, method.getReturnType().asSubclass(Statement.class))
                    : result;
        });
    }

    private static <S extends Statement> S statement(Connection connection, Statement statement, Class<S> type) {
        return proxy(
                type,
                (proxy, method, arguments) -> method.getName().startsWith("execute") && connection.getAutoCommit()
                        ? transaction(connection, own -> Objects.requireNonNull(call(statement, method, arguments)))
                        : call(statement, method, arguments));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(ReadCommitted.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments)
            throws SQLException {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof SQLException cause) {
                throw cause;
            }
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("The driver failed in " + method.getName(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
