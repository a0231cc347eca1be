package io.psycache.interleaving;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * The pool of one session: a connection for its thread, which fails where it is asked for a second one meanwhile, and a
 * connection for the background writer of its cache, which waits until a step lets it work.
 */
final class SessionDataSource extends AbstractDataSource implements AutoCloseable {
    /** Planning takes PostgreSQL longer than running the statements does. */
    private static final String SETTINGS = """
            set plan_cache_mode = force_generic_plan;
            set synchronous_commit = off;
            set interleaving.session = '%d'""";

    private final Thread owner;
    private final Connection foreground;
    private final Connection background;
    private final Semaphore backgroundGate = new Semaphore(0);

    /** What the cache takes for the driver's connections: others after a crash, which ends connections. */
    private final Map<Connection, BaseConnection> physical = new ConcurrentHashMap<>();

    private volatile boolean backgroundIsOpen;
    private volatile UnaryOperator<String> sql = UnaryOperator.identity();
    private boolean lent;
    private @Nullable Runnable pause;
    private int gets;

    /** @param number under which the session's inserts of entries can be held */
    SessionDataSource(PGSimpleDataSource server, Thread owner, int number) throws SQLException {
        this.owner = owner;
        this.foreground = connect(server, number);
        this.background = connect(server, number);
    }

    private static Connection connect(PGSimpleDataSource server, int number) throws SQLException {
        Connection connection = server.getConnection();
        try (Statement statement = connection.createStatement()) {
            statement.execute(SETTINGS.formatted(number));
        }
        return connection;
    }

    int[] backends() throws SQLException {
        return new int[] {
            foreground.unwrap(PGConnection.class).getBackendPID(),
            background.unwrap(PGConnection.class).getBackendPID()
        };
    }

    /** For a broken scheme that does not care which connection it has. */
    Connection background() {
        return background;
    }

    /** Lets the background writer have its connection from now on. */
    void openBackground() {
        if (!backgroundIsOpen) {
            backgroundIsOpen = true;
            backgroundGate.release();
        }
    }

    void closeBackground() {
        backgroundIsOpen = false;
        backgroundGate.drainPermits();
    }

    @Override
    public Connection getConnection() {
        return isOwners(Thread.currentThread()) ? lendForeground() : lendBackground();
    }

    /** The session's own thread, and that of its cache for which it waits while rows are deleted. */
    private boolean isOwners(Thread thread) {
        return thread == owner || thread.getName().equals("psycache-removal");
    }

    private Connection lendForeground() {
        if (lent) {
            throw new IllegalStateException("a second connection was asked for while the first was in use");
        }
        lent = true;
        return onClose(foreground, () -> lent = false);
    }

    /** While the background is closed, a lane's thread sends for the session's own, which waits for it and lends its connection. */
    private Connection lendBackground() {
        if (!backgroundIsOpen && Thread.currentThread().getName().equals("psycache-lane")) {
            return lendForeground();
        }
        backgroundGate.acquireUninterruptibly();
        return onClose(background, backgroundGate::release);
    }

    void crash() {
        physical.clear();
    }

    /** Statements of the cache wait before they are sent and when they are answered, where the session's own thread sends them. */
    void pauseAtStatements(@Nullable Runnable itsPause) {
        pause = itsPause;
    }

    /** How many statements of the session's own thread were to read entries. */
    int gets() {
        return gets;
    }

    /** Statements are prepared as this says from now on. */
    void mutate(UnaryOperator<String> mutation) {
        sql = mutation;
    }

    private Connection onClose(Connection target, Runnable giveBack) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("unwrap") && arguments[0] == BaseConnection.class) {
                        return physical.computeIfAbsent(target, SessionDataSource::another);
                    }
                    if (method.getName().equals("close")) {
                        giveBack.run();
                        return null;
                    }
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = sql.apply((String) arguments[0]);
                        return prepared((PreparedStatement) invoke(target, method, arguments), (String) arguments[0]);
                    }
                    return invoke(target, method, arguments);
                });
    }

    private PreparedStatement prepared(PreparedStatement target, String text) {
        if (Thread.currentThread() != owner || !text.contains("psycache")) {
            return target;
        }
        gets += text.contains("e.value") ? 1 : 0;
        Runnable itsPause = pause;
        return itsPause == null ? target : pausing(target, itsPause);
    }

    private static PreparedStatement pausing(PreparedStatement target, Runnable pause) {
        return (PreparedStatement) Proxy.newProxyInstance(
                PreparedStatement.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (proxy, method, arguments) -> {
                    if (!method.getName().startsWith("execute")) {
                        return invoke(target, method, arguments);
                    }
                    pause.run();
                    Object answer = invoke(target, method, arguments);
                    pause.run();
                    return answer;
                });
    }

    private static BaseConnection another(Connection target) {
        return (BaseConnection) Proxy.newProxyInstance(
                BaseConnection.class.getClassLoader(),
                new Class<?>[] {BaseConnection.class},
                (proxy, method, arguments) -> {
                    return switch (method.getName()) { // a key of maps
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> invoke(target, method, arguments);
                    };
                });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() throws SQLException {
        foreground.close();
        background.close();
    }
}
