package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.internal.store.CacheTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.postgresql.jdbc.PgStatement;

/** Hits of random keys by the cache's statement for one key, and without its validation, in the same few lines of JDBC. */
@State(Scope.Benchmark)
public class GetBenchmark {
    static final int ENTRIES = 20_000;

    /** The schema with the tables. */
    @Param("log")
    private String schema = "";

    private final CacheTables tables = new CacheTables("", "psycache");
    private final String validated = GetStatements.validated(tables);
    private final String plain = GetStatements.withoutValidation(tables, validated);

    @SuppressWarnings("NullAway.Init") // JMH calls connect() first
    private HikariDataSource pool;

    static String key(int number) {
        return "entry:" + number;
    }

    @Setup
    public void connect() {
        pool = BenchmarkServer.pool(schema, 10);
    }

    @TearDown
    public void disconnect() {
        pool.close();
    }

    @Benchmark
    public byte[] validated() throws SQLException {
        return get(validated);
    }

    @Benchmark
    public byte[] plain() throws SQLException {
        return get(plain);
    }

    private byte[] get(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.unwrap(PgStatement.class).setQueryTimeoutMs(60_000);
            GetStatements.bind(statement, key(ThreadLocalRandom.current().nextInt(ENTRIES)));
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                byte[] value = rows.getBytes(1);
                if (value == null || rows.getInt(2) == 0) {
                    throw new IllegalStateException("a miss: nothing was measured");
                }
                return value;
            }
        }
    }
}
