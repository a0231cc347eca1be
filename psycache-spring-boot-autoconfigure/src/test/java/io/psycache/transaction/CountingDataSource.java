package io.psycache.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Counts the connections that each thread asks for. */
final class CountingDataSource extends DelegatingDataSource {
    private final ThreadLocal<AtomicInteger> asked = ThreadLocal.withInitial(AtomicInteger::new);
    private final AtomicInteger byAll = new AtomicInteger();

    CountingDataSource(DataSource target) {
        super(target);
    }

    int askedByThisThread() {
        return asked.get().get();
    }

    int askedByAll() {
        return byAll.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        asked.get().incrementAndGet();
        byAll.incrementAndGet();
        return super.getConnection();
    }
}
