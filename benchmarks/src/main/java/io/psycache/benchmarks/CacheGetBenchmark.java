package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.PostgresCache;
import io.psycache.internal.store.CacheTables;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

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

    /** Both have such a data source, so that it costs both the same. */
    private PostgresCache cache(UnaryOperator<String> rewriting) {
        Map<String, String> known = new ConcurrentHashMap<>();
        return PostgresCache.builder(new StatementsDataSource(pool, sql -> known.computeIfAbsent(sql, rewriting)))
                .partition(Partition.SINGLE)
                .timeout(Duration.ofMinutes(1))
                .nearMaximumSize(0)
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
}
