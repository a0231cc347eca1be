package io.psycache.testsupport;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source as a pool is one: its connections and statements wrap the driver's, and unwrap to them. A {@link Listener} is
 * told what is done with them.
 */
public final class ObservedDataSource {

    private ObservedDataSource() {}

    /** Told before something happens, on the thread that does it. It may hold that thread, and may be called by several. */
    public interface Listener {

        /** A connection was taken. */
        default void taken() {}

        /** A connection is about to be given back. */
        default void released() {}

        /** A statement is about to be sent. */
        default void executes(String sql) {}

        /** A connection is about to be asked whether it commits by itself. */
        default void asksForAutoCommit() {}
    }

    public static DataSource of(DataSource target, Listener listener) {
        return wrapper(DataSource.class, target, (method, arguments, result) -> {
            if (result instanceof Connection connection) {
                listener.taken();
                return connection(connection, listener);
            }
            return result;
        });
    }

    private static Connection connection(Connection target, Listener listener) {
        AtomicBoolean released = new AtomicBoolean();
        return wrapper(Connection.class, target, new Wrapping() {
            @Override
            public void before(Method method, Object @Nullable [] arguments) {
                if (method.getName().equals("close") && released.compareAndSet(false, true)) {
                    listener.released();
                }
                if (method.getName().equals("getAutoCommit")) {
                    listener.asksForAutoCommit();
                }
            }

            @Override
            public @Nullable Object after(Method method, Object @Nullable [] arguments, @Nullable Object result) {
                return result instanceof Statement statement
                        ? statement(statement, sql(arguments, ""), listener)
                        : result;
            }
        });
    }

    private static String sql(Object @Nullable [] arguments, String otherwise) {
        return arguments != null && arguments.length > 0 && arguments[0] instanceof String sql ? sql : otherwise;
    }

    private static Statement statement(Statement target, String prepared, Listener listener) {
        Wrapping wrapping = new Wrapping() {
            @Override
            public void before(Method method, Object @Nullable [] arguments) {
                if (method.getName().startsWith("execute")) {
                    listener.executes(sql(arguments, prepared));
                }
            }

            @Override
            public @Nullable Object after(Method method, Object @Nullable [] arguments, @Nullable Object result) {
                return result;
            }
        };
        if (target instanceof CallableStatement call) {
            return wrapper(CallableStatement.class, call, wrapping);
        }
        return target instanceof PreparedStatement statement
                ? wrapper(PreparedStatement.class, statement, wrapping)
                : wrapper(Statement.class, target, wrapping);
    }

    /** What a wrapper does besides handing on. */
    @FunctionalInterface
    private interface Wrapping {

        default void before(Method method, Object @Nullable [] arguments) {}

        @Nullable Object after(Method method, Object @Nullable [] arguments, @Nullable Object result);
    }

    private static <T> T wrapper(Class<T> type, T target, Wrapping wrapping) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("equals")) {
                return proxy == arguments[0];
            }
            wrapping.before(method, arguments);
            return wrapping.after(method, arguments, invoke(target, method, arguments));
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
