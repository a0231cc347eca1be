package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.PostgresCacheManager;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.ReturnType;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/** A cache emptied at once. */
final class ClearChapter implements Chapter {
    private static final String SCHEMA = "redis_clear";
    private static final String NAME = "numbers";
    private static final int ENTRIES = 1_000_000;
    private static final String TEXT = "x".repeat(80);
    private static final double MOST_MILLIS = 10;

    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final Map<String, Callable<Double>> compared = new LinkedHashMap<>();

    private @Nullable JdbcTemplate jdbc;

    @Override
    public String name() {
        return "redis-clear";
    }

    @Override
    public String title() {
        return "Clearing a cache";
    }

    @Override
    public String introduction() {
        return """
                `Cache.clear()` of %,d entries of 100 bytes, until no caller sees one of them any more; both caches are filled anew before each
                round. psycache logs one invalidation, and its cleanup deletes the rows later. Spring Data Redis asks for all keys and deletes
                them, as is its default, here with immediate writes.
                """.formatted(ENTRIES);
    }

    @Override
    public void prepare() throws Exception {
        jdbc = BenchmarkServer.newSchema(SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(SCHEMA));
        HikariDataSource pool = BenchmarkServer.pool(SCHEMA, Contenders.CONNECTIONS);
        closing.push(pool::close);
        PostgresCache cache = Contenders.cache(pool);
        closing.push(cache::close);
        PostgresCacheManager manager = Contenders.manager(cache);
        Cache numbers = Objects.requireNonNull(manager.getCache(NAME));
        compared.put(Contenders.PSYCACHE, () -> {
            fillPsycache(numbers);
            return millis(numbers);
        });
        prepareRedis();
    }

    private void prepareRedis() throws Exception {
        Optional<RedisServer> server = RedisServer.start();
        if (server.isEmpty()) {
            return;
        }
        closing.push(server.get()::close);
        LettuceConnectionFactory connections = server.get().connections();
        closing.push(connections::destroy);
        Cache numbers = Contenders.redisCache(NAME, Small.class, connections, true);
        compared.put(Contenders.REDIS, () -> {
            fillRedis(connections, numbers);
            return millis(numbers);
        });
    }

    private void fillPsycache(Cache numbers) {
        JdbcTemplate sql = Objects.requireNonNull(jdbc);
        sql.execute("truncate psycache");
        numbers.put(0, new Small(0, TEXT));
        Copies.make(sql, NAME, ENTRIES, "s.value");
    }

    private static void fillRedis(LettuceConnectionFactory connections, Cache numbers) {
        numbers.put(0, new Small(0, TEXT));
        try (RedisConnection connection = connections.getConnection()) {
            connection
                    .scriptingCommands()
                    .eval("""
                    local value = redis.call('GET', 'numbers::0')
                    for n = 1, %d - 1 do redis.call('SET', 'numbers::' .. n, value) end""".formatted(ENTRIES).getBytes(StandardCharsets.UTF_8), ReturnType.STATUS, 0);
        }
    }

    private static double millis(Cache cache) {
        if (cache.get(ENTRIES - 1, Small.class) == null) {
            throw new IllegalStateException("the last entry is missing: nothing would be measured");
        }
        long start = System.nanoTime();
        cache.clear();
        double millis = (System.nanoTime() - start) / 1e6;
        if (cache.get(0) != null || cache.get(ENTRIES - 1) != null) {
            throw new IllegalStateException("an entry is still there");
        }
        return millis;
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Map<String, List<Double>> results = rounds.of(compared);
        String rows = results.entrySet().stream()
                .map(result -> "| %s | %s |".formatted(result.getKey(), millis(result.getValue())))
                .collect(Collectors.joining("\n"));
        System.out.println(rows);
        Spread ours = Spread.of(results.getOrDefault(Contenders.PSYCACHE, List.of()), millis -> millis);
        return new Findings(
                "| | ms |\n|---|---|\n" + rows + (results.size() == 1 ? "\n\n" + RedisServer.MISSING : ""),
                List.of(),
                List.of(new Demand(
                        String.format(Locale.ROOT, "clear() of %,d entries", ENTRIES),
                        "< %.0f ms".formatted(MOST_MILLIS),
                        String.format(
                                Locale.ROOT, "**%.1f ms** (%.1f to %.1f)", ours.median(), ours.least(), ours.most()),
                        ours.median() < MOST_MILLIS)));
    }

    private static String millis(List<Double> rounds) {
        Spread spread = Spread.of(rounds, millis -> millis);
        return String.format(Locale.ROOT, "%,.1f (%,.1f to %,.1f)", spread.median(), spread.least(), spread.most());
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
