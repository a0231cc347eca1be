package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.benchmarks.Turn.Figures;
import io.psycache.spring.PostgresCacheManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.cache.Cache;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether gets become slower with the number of entries. */
final class GrowthChapter implements Chapter {
    private static final int LEAST = 10_000;
    private static final int MOST = Integer.getInteger("benchmarks.growth", 10_000_000);
    private static final double LEAST_RATIO = 0.75;
    private static final String VALUE = "jsonb_build_object('id', n, 'text', repeat(md5(n::text), 2) || '0123456789')";

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final Map<String, Load> loads = new LinkedHashMap<>();

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public String title() {
        return "Growth";
    }

    @Override
    public String introduction() {
        return """
                Gets of random keys through Spring's `Cache`, without copies in the process, from tables of %s to %s entries of 100 bytes;
                all tables are there at once.
                PostgreSQL has a quarter of the machine's memory as shared buffers. All connections have read their table once before, as
                after a while in use: with pages of 4 KB memory is mapped for each process as it touches it, which has nothing to do with
                the table's indexes ([more](operations.md#sizing)).
                """.formatted(named(LEAST), named(MOST));
    }

    @Override
    public boolean isLong() {
        return true;
    }

    private static String named(int entries) {
        return String.format(Locale.ROOT, "%,d", entries);
    }

    @Override
    public void prepare() throws SQLException {
        for (int entries = LEAST; entries <= MOST; entries *= 10) {
            loads.put(named(entries), load(entries));
        }
    }

    private Load load(int entries) throws SQLException {
        String schema = "growth_" + entries;
        JdbcTemplate jdbc = BenchmarkServer.newSchema(schema);
        PsycacheSchema.create(BenchmarkServer.connections(schema));
        HikariDataSource pool = BenchmarkServer.pool(schema, Contenders.CONNECTIONS);
        closing.push(pool::close);
        PostgresCache cache = Contenders.cache(pool, 0);
        closing.push(cache::close);
        PostgresCacheManager manager = Contenders.manager(cache);
        Cache numbers = Objects.requireNonNull(manager.getCache("numbers"));
        numbers.put(0, new Small(0, "0"));
        Copies.make(jdbc, "numbers", entries, VALUE);
        touchAll(pool);
        Keys keys = new Keys(entries);
        return () -> get(numbers, keys.random());
    }

    /** All pages of the table and of its index, on each connection. */
    private static void touchAll(HikariDataSource pool) throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < Contenders.CONNECTIONS; i++) {
                connections.add(pool.getConnection());
            }
            for (Connection connection : connections) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute("select count(value) from psycache");
                    statement.execute("set enable_seqscan = off");
                    statement.execute("select count(key) from psycache");
                    statement.execute("reset enable_seqscan");
                }
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }

    private static int get(Cache cache, int key) {
        Small found = cache.get(key, Small.class);
        if (found == null || found.id() != key) {
            throw new IllegalStateException("no entry " + key + ": nothing was measured");
        }
        return 1;
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Results results = new Results();
        for (int callers : List.of(1, 64)) {
            results.measure(callers, rounds, rounds.turns(callers, loads));
        }
        return new Findings(
                results.table(named(MOST)).replace("| threads | |", "| threads | entries |"),
                List.of(chart(results)),
                results.callers().stream()
                        .map(callers -> demand(results, callers))
                        .toList());
    }

    private LineChart chart(Results results) {
        List<String> sizes = List.copyOf(loads.keySet());
        LineChart chart = new LineChart("Gets by the size of the cache", "entries", "per second", sizes);
        results.callers()
                .forEach(callers -> chart.line(
                        callers == 1 ? "1 thread" : callers + " threads",
                        sizes.stream()
                                .map(size -> results.median(callers, size, Figures::perSecond))
                                .toList()));
        return chart;
    }

    private static Demand demand(Results results, int callers) {
        return Demand.atLeast(
                "get, %s : %s entries, threads: %d".formatted(named(MOST), named(LEAST), callers),
                LEAST_RATIO,
                results.throughput(callers, named(MOST), named(LEAST)));
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
