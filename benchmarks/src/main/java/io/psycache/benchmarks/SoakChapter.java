package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CleanupService;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.benchmarks.Turn.Figures;
import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether a cache under constant change stays as small and as fast as it was. */
final class SoakChapter implements Chapter {
    private static final String SCHEMA = "soak";
    private static final Duration LENGTH = Duration.ofMinutes(Integer.getInteger("benchmarks.soak.minutes", 10));
    private static final int SAMPLES = 60;
    private static final int CALLERS = 8;
    private static final Keys KEYS = new Keys(20_000);
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final Duration CLEANUP = Duration.ofSeconds(30);
    private static final double LEAST_HOT = 0.95;
    private static final double MOST_GROWTH = 1.05;

    private final Deque<Runnable> closing = new ArrayDeque<>();

    private @Nullable Cache orders;

    @Override
    public String name() {
        return "soak";
    }

    @Override
    public String title() {
        return "Soak";
    }

    @Override
    public String introduction() {
        return """
                %d minutes of %d threads on %,d keys of records of 0.8 KB: 60 of 100 calls get and, on a miss, put; 30 put, 10 evict. Entries
                live for half a minute to a minute, and the cleanup runs every %d seconds. HOT is the share of updates that touched no
                index, by `pg_stat_user_tables`; sizes are of the table of entries with its index, and of the log with its.
                """.formatted(LENGTH.toMinutes(), CALLERS, KEYS.count(), CLEANUP.toSeconds());
    }

    @Override
    public boolean isLong() {
        return true;
    }

    @Override
    public void prepare() {
        BenchmarkServer.newSchema(SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(SCHEMA));
        HikariDataSource pool = BenchmarkServer.pool(SCHEMA, Contenders.CONNECTIONS);
        closing.push(pool::close);
        PostgresCache cache = Contenders.cache(pool);
        closing.push(cache::close);
        PostgresCacheManager manager = PostgresCacheManager.builder(cache)
                .trustedPackages(List.of(getClass().getPackageName()))
                .defaults(PostgresCacheConfiguration.defaults().entryTtl(TTL).ttlJitter(0.5))
                .build();
        CleanupService cleanup = cache.startCleanup(CLEANUP);
        closing.push(cleanup::close);
        orders = manager.getCache("orders");
    }

    private int churn() {
        Cache cache = Objects.requireNonNull(orders);
        int key = KEYS.random();
        int kind = ThreadLocalRandom.current().nextInt(10);
        if (kind == 0) {
            cache.evict(key);
        } else if (kind < 4 || cache.get(key, Order.class) == null) {
            cache.put(key, Order.of(key));
        }
        return 1;
    }

    /** The state of the tables, and what was measured before. Sizes in MB. */
    private record Sample(Figures figures, double entries, double log, long updates, long hot) {

        double hotShare() {
            return (double) hot / updates;
        }
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        List<Sample> samples = new ArrayList<>();
        Duration each = LENGTH.dividedBy(SAMPLES);
        for (int i = 0; i < SAMPLES; i++) {
            samples.add(sample(new Turn(CALLERS, each).of(this::churn)));
        }
        return new Findings(table(samples), charts(samples), demands(samples));
    }

    private static Sample sample(Figures figures) {
        JdbcTemplate jdbc = BenchmarkServer.sql(SCHEMA);
        return Objects.requireNonNull(jdbc.queryForObject(
                """
                select pg_total_relation_size('psycache') / 1e6, pg_total_relation_size('psycache_invalidation') / 1e6,
                       n_tup_upd, n_tup_hot_upd
                  from pg_stat_user_tables where relid = 'psycache'::regclass""",
                (row, number) ->
                        new Sample(figures, row.getDouble(1), row.getDouble(2), row.getLong(3), row.getLong(4))));
    }

    private static List<Demand> demands(List<Sample> samples) {
        Sample last = samples.get(samples.size() - 1);
        double growth = grown(samples, Sample::entries);
        return List.of(
                new Demand(
                        "soak: HOT share of updates",
                        percent(LEAST_HOT, "≥ "),
                        percent(last.hotShare(), ""),
                        last.hotShare() >= LEAST_HOT),
                new Demand(
                        "soak: size of the table in the second half : at its beginning",
                        String.format(Locale.ROOT, "≤ %.2f", MOST_GROWTH),
                        String.format(Locale.ROOT, "**%.2f**", growth),
                        growth <= MOST_GROWTH));
    }

    private static String percent(double share, String sign) {
        return String.format(Locale.ROOT, "%s%.1f %%", sign, share * 100);
    }

    /** The most of the second half against its first. */
    private static double grown(List<Sample> samples, ToDoubleFunction<Sample> size) {
        List<Sample> second = samples.subList(samples.size() / 2, samples.size());
        return second.stream().mapToDouble(size).max().orElse(Double.NaN) / size.applyAsDouble(second.get(0));
    }

    private static String table(List<Sample> samples) {
        StringBuilder table = new StringBuilder("""
                | part of the time | operations per s | p99, µs | table, MB | log, MB | HOT so far |
                |---|---|---|---|---|---|
                """);
        for (int quarter = 1; quarter <= 4; quarter++) {
            List<Sample> part = samples.subList(SAMPLES / 4 * (quarter - 1), SAMPLES / 4 * quarter);
            Sample last = part.get(part.size() - 1);
            table.append(String.format(
                    Locale.ROOT,
                    "| quarter %d | %,.0f | %,.0f | %.1f | %.1f | %s |\n",
                    quarter,
                    Spread.of(part, sample -> sample.figures().perSecond()).median(),
                    Spread.of(part, sample -> sample.figures().p99Micros()).median(),
                    last.entries(),
                    last.log(),
                    percent(last.hotShare(), "")));
        }
        return table.toString();
    }

    private static List<LineChart> charts(List<Sample> samples) {
        List<String> minutes = new ArrayList<>();
        for (int i = 1; i <= SAMPLES; i++) {
            minutes.add(String.format(Locale.ROOT, "%.1f", i * LENGTH.toSeconds() / 60.0 / SAMPLES));
        }
        return List.of(
                new LineChart("Sizes under churn", "minutes", "MB", minutes)
                        .line("entries", values(samples, Sample::entries))
                        .line("log", values(samples, Sample::log)),
                new LineChart("p99 under churn", "minutes", "µs", minutes)
                        .line(
                                "get, put or evict",
                                values(samples, sample -> sample.figures().p99Micros())));
    }

    private static List<Double> values(List<Sample> samples, ToDoubleFunction<Sample> value) {
        return samples.stream().map(value::applyAsDouble).toList();
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
