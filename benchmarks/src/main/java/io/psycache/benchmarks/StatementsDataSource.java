package io.psycache.benchmarks;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Prepares other statements than it is asked for, or tells which; and counts the uses of connections. */
final class StatementsDataSource extends DelegatingDataSource {
    private final UnaryOperator<String> statements;
    private final AtomicInteger inUse = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final LongAdder taken = new LongAdder();

    /** @param statements called for each statement that is prepared */
    StatementsDataSource(DataSource target, UnaryOperator<String> statements) {
        super(target);
        this.statements = statements;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        taken.increment();
        most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
        return (Connection) Proxy.newProxyInstance(
                StatementsDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        arguments[0] = statements.apply((String) arguments[0]);
                    } else if (method.getName().equals("close")) {
                        inUse.decrementAndGet();
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                });
    }

    /** How often a connection was taken since the last call. */
    long taken() {
        return taken.sumThenReset();
    }

    /** The most connections in use at once since the last call. */
    int mostInUse() {
        return most.getAndSet(inUse.get());
    }
}
