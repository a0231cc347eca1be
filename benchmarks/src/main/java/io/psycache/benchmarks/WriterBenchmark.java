package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheRegion;
import io.psycache.PostgresCache;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that change one row, with and without what {@code @CacheEvict} does in them. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls connect() first
public class WriterBenchmark {
    static final String SCHEMA = "writers";
    static final int ROWS = 100_000;
    static final int CONNECTIONS = 16;

    private HikariDataSource pool;
    private JdbcTemplate jdbc;
    private TransactionTemplate transaction;
    private PostgresCache cache;
    private CacheRegion users;

    @Setup
    public void connect() {
        pool = BenchmarkServer.pool(SCHEMA, CONNECTIONS);
        jdbc = new JdbcTemplate(pool);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        cache = PostgresCache.builder(pool).build();
        users = cache.region("users");
    }

    @TearDown
    public void disconnect() {
        cache.close();
        pool.close();
    }

    @Benchmark
    public void update() {
        transaction.executeWithoutResult(status -> update(row()));
    }

    @Benchmark
    public void updateAndEvict() {
        transaction.executeWithoutResult(status -> {
            int row = row();
            update(row);
            users.evict("user:" + row);
        });
    }

    private void update(int row) {
        jdbc.update("update data set changes = changes + 1 where id = ?", row);
    }

    private static int row() {
        return ThreadLocalRandom.current().nextInt(ROWS);
    }
}
