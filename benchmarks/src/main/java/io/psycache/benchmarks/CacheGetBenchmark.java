package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.internal.store.CacheTables;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Hits of random keys by {@link PostgresCache#get}, as it is, and with statements that do not validate. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // JMH calls connect() first
public class CacheGetBenchmark {

    /** The schema with the tables. */
    @Param("log")
    private String schema = "";

    private HikariDataSource pool;
    private PostgresCache validated;
    private PostgresCache plain;

    /** What an entry holds. */
    record Item(int number, String text) {}

    @Setup
    public void connect() {
        CacheTables tables = new CacheTables("", "psycache");
        pool = BenchmarkServer.pool(schema, 10);
        validated = cache(sql -> sql);
        plain = cache(sql -> GetStatements.withoutValidation(tables, sql));
    }

    private PostgresCache cache(UnaryOperator<String> rewriting) {
        return PostgresCache.builder(new Rewritten(pool, rewriting))
                .timeout(Duration.ofMinutes(1))
                .build();
    }

    @TearDown
    public void disconnect() {
        validated.close();
        plain.close();
        pool.close();
    }

    @Benchmark
    public Item validated() {
        return get(validated);
    }

    @Benchmark
    public Item plain() {
        return get(plain);
    }

    private static Item get(PostgresCache cache) {
        return cache.get(GetBenchmark.key(ThreadLocalRandom.current().nextInt(GetBenchmark.ENTRIES)), Item.class)
                .orElseThrow(() -> new IllegalStateException("a miss: nothing was measured"));
    }

    /** Prepares other statements than it is asked for. Both caches have one, so that it costs both the same. */
    private static final class Rewritten extends DelegatingDataSource {
        private final UnaryOperator<String> rewriting;
        private final Map<String, String> statements = new ConcurrentHashMap<>();

        Rewritten(DataSource target, UnaryOperator<String> rewriting) {
            super(target);
            this.rewriting = rewriting;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    Rewritten.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")) {
                            arguments[0] = statements.computeIfAbsent((String) arguments[0], rewriting);
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getTargetException();
                        }
                    });
        }
    }
}
