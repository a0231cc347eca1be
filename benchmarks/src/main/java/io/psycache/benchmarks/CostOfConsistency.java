package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** What it costs that a hit is never stale. */
final class CostOfConsistency implements Chapter {
    private static final String LOG = "log";
    private static final String HOT = "hot";
    private static final int USERS = 1_000;

    private @Nullable Connection openWriter;

    @Override
    public String name() {
        return "consistency";
    }

    @Override
    public String title() {
        return "Cost of consistency";
    }

    @Override
    public String introduction() {
        return """
                A get validates its entry against the log of invalidations: compared with the same get of the same `PostgresCache`, whose
                statements do not validate; neither has copies in the process. Hits of random keys among %,d entries of 0.8 KB with two tags each, read as a record. And
                the statement for one key alone, in the same few lines of JDBC on a pool of 10, without what callers share. A writer that evicts inserts into the log: compared with one that
                does not; each transaction changes one row of %,d, with `fsync` on.
                """.formatted(GetBenchmark.ENTRIES, WriterBenchmark.ROWS);
    }

    @Override
    public void prepare() throws Exception {
        prepareLog();
        prepareHotTag();
        prepareWriters();
    }

    /** 20,000 invalidations of what is cached, and what has been put since. */
    private static void prepareLog() {
        JdbcTemplate jdbc = newTables(LOG);
        String[] users =
                IntStream.range(0, USERS).mapToObj(CostOfConsistency::user).toArray(String[]::new);
        withCache(LOG, cache -> {
            for (int i = 0; i < 20_000 / USERS; i++) {
                cache.invalidateTags(users);
            }
            put(cache, "everybody");
        });
        jdbc.execute("vacuum analyze");
    }

    /** 1,000,000 invalidations of one tag by 100,000 transactions, all while a writer is open. */
    private void prepareHotTag() throws SQLException {
        JdbcTemplate jdbc = newTables(HOT);
        openWriter = BenchmarkServer.connections(HOT).getConnection();
        openWriter.setAutoCommit(false);
        openWriter.createStatement().execute("select pg_current_xact_id()");
        jdbc.execute("""
                do $$ begin
                  for i in 1..100000 loop
                    insert into psycache_invalidation (tag) select 't:hot' from generate_series(1, 10);
                    commit;
                  end loop;
                end $$""");
        withCache(HOT, cache -> put(cache, "hot"));
        jdbc.execute("vacuum analyze");
    }

    private static void withCache(String schema, Consumer<PostgresCache> work) {
        try (HikariDataSource pool = BenchmarkServer.pool(schema, 1);
                PostgresCache cache = PostgresCache.builder(pool)
                        .timeout(Duration.ofMinutes(1))
                        .build()) {
            work.accept(cache);
        }
    }

    private static void prepareWriters() {
        JdbcTemplate jdbc = newTables(WriterBenchmark.SCHEMA);
        jdbc.execute("create table data (id int primary key, changes int not null, text text) with (fillfactor = 80)");
        jdbc.update(
                "insert into data select n, 0, repeat('x', 200) from generate_series(0, ? - 1) n",
                WriterBenchmark.ROWS);
        jdbc.execute("vacuum analyze");
    }

    private static JdbcTemplate newTables(String schema) {
        JdbcTemplate jdbc = BenchmarkServer.newSchema(schema);
        PsycacheSchema.create(BenchmarkServer.connections(schema));
        return jdbc;
    }

    /** Each user has some of the entries. */
    private static void put(PostgresCache cache, String tag) {
        for (int user = 0; user < USERS; user++) {
            Map<String, Object> entries = new HashMap<>();
            for (int number = user; number < GetBenchmark.ENTRIES; number += USERS) {
                entries.put(GetBenchmark.key(number), Map.of("number", number, "text", text(number)));
            }
            cache.withTags(tag, user(user)).putAll(entries, Duration.ofDays(1));
        }
    }

    private static String user(int number) {
        return "user:" + number;
    }

    /** 800 characters that do not compress to nothing. */
    private static String text(int number) {
        return IntStream.range(0, 100)
                .mapToObj(i -> Integer.toHexString((number + i) * 0x9E3779B9 | 0x10000000))
                .reduce("", String::concat);
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        List<String> rows = new ArrayList<>();
        List<Demand> demands = new ArrayList<>();
        for (Comparison comparison : comparisons()) {
            List<Comparison.Round> results = comparison.run(rounds);
            rows.add(comparison.row(results));
            demands.add(comparison.demand(results));
            System.out.println(rows.get(rows.size() - 1));
        }
        return new Findings(Comparison.HEADER + String.join("\n", rows), List.of(), demands);
    }

    private static List<Comparison> comparisons() {
        return List.of(
                get("get, log of 20,000 rows", LOG, 1, 0.9),
                get("get, log of 20,000 rows", LOG, 8, 0.8),
                get("get, a tag of 1,000,000 rows, an older writer open", HOT, 1, 0.5),
                get("get, a tag of 1,000,000 rows, an older writer open", HOT, 8, 0.5),
                statement(1, 0.9),
                statement(8, 0.8),
                new Comparison(
                        "transactions that evict, 16 connections",
                        WriterBenchmark.class,
                        "updateAndEvict",
                        "update",
                        Map.of(),
                        WriterBenchmark.CONNECTIONS,
                        0.7));
    }

    private static Comparison get(String title, String schema, int threads, double least) {
        return new Comparison(
                title, CacheGetBenchmark.class, "validated", "plain", Map.of("schema", schema), threads, least);
    }

    private static Comparison statement(int threads, double least) {
        return new Comparison(
                "its statement alone, log of 20,000 rows",
                GetBenchmark.class,
                "validated",
                "plain",
                Map.of("schema", LOG),
                threads,
                least);
    }

    @Override
    public void close() throws SQLException {
        if (openWriter != null) {
            openWriter.close();
        }
    }
}
