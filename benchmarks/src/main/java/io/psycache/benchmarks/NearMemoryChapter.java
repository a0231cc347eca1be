package io.psycache.benchmarks;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether copies in the process, and what is known of the log, stay within their bounds. */
final class NearMemoryChapter implements Chapter {
    private static final String SCHEMA = "near_memory";
    private static final int SMALL_ENTRIES = 1_000_000;
    private static final int ENTRIES = 100_000;

    /** A follower of the log remembers them in two generations of 20,000: the last one is nearly full. */
    private static final int TAGS = 1_019_000;

    private static final int AT_ONCE = 1_000;
    private static final long BOUND = 64L << 20;
    private static final double TOLERANCE = 0.1;
    private static final List<Kind<?>> KINDS = List.of(Kind.SMALL, Kind.SHARED, Kind.DECODED);

    private final Deque<Runnable> closing = new ArrayDeque<>();

    private @Nullable PostgresCache writer;

    @Override
    public String name() {
        return "near-memory";
    }

    @Override
    public String title() {
        return "Memory of copies in the process";
    }

    @Override
    public String introduction() {
        return """
                The heap in use after a garbage collection, before and after gets of entries with a bound of %d MB for copies: %,d records of
                100 bytes, which callers share, and %,d each of 0.8 KB that they share or that each decodes. And before and after %,d
                tags are invalidated, each another one, by another cache while this one follows the log.
                """.formatted(BOUND >> 20, SMALL_ENTRIES, ENTRIES, TAGS);
    }

    @Override
    public Rounds rounds(Rounds plan) {
        return new Rounds(1, Duration.ZERO);
    }

    @Override
    public void prepare() {
        JdbcTemplate jdbc = BenchmarkServer.newSchema(SCHEMA);
        PsycacheSchema.create(BenchmarkServer.connections(SCHEMA));
        writer = Contenders.open(SCHEMA, 0, closing);
        for (Kind<?> kind : KINDS) {
            writer.put(kind.key(0), kind.of().apply(0));
            Copies.make(jdbc, kind.cache(), entries(kind), "s.value");
        }
    }

    private static int entries(Kind<?> kind) {
        return kind == Kind.SMALL ? SMALL_ENTRIES : ENTRIES;
    }

    @Override
    public Findings measure(Rounds rounds) {
        List<String> rows = new ArrayList<>();
        List<Demand> demands = new ArrayList<>();
        for (Kind<?> kind : KINDS) {
            PostgresCache near = following(kind);
            double taken = grown(() -> copy(near, kind)) / BOUND;
            rows.add(row(String.format(Locale.ROOT, "%,d entries, %s", entries(kind), kind.label()), taken));
            demands.add(Demand.atMost("heap of copies : bound, " + kind.label(), 1 + TOLERANCE, Spread.of(taken)));
        }
        PostgresCache cache = following(Kind.SMALL);
        double grown = grown(() -> storm(cache)) / BOUND;
        rows.add(row(String.format(Locale.ROOT, "%,d tags", TAGS), grown));
        demands.add(Demand.atMost("heap after a storm of tags, added : bound", TOLERANCE, Spread.of(grown)));
        return new Findings("| | MB added |\n|---|---|\n" + String.join("\n", rows), List.of(), demands);
    }

    private PostgresCache following(Kind<?> kind) {
        PostgresCache cache = Contenders.open(SCHEMA, BOUND, closing);
        NearContenders.follow(cache, kind);
        return cache;
    }

    /** Gets all until they are copied, and from their copies: what callers share is decoded then. */
    private static void copy(PostgresCache cache, Kind<?> kind) {
        for (int from = 0; from < entries(kind); from += AT_ONCE) {
            List<String> keys = numbers(from).mapToObj(kind::key).toList();
            for (int i = 0; i < NearContenders.GETS; i++) {
                if (cache.getAll(keys, kind.type()).size() != AT_ONCE) {
                    throw new IllegalStateException("entries are missing: nothing was measured");
                }
            }
        }
    }

    private void storm(PostgresCache cache) {
        for (int from = 0; from < TAGS; from += AT_ONCE) {
            Objects.requireNonNull(writer)
                    .invalidateTags(numbers(from).mapToObj(id -> "storm:" + id).toArray(String[]::new));
            cache.get(Kind.SMALL.key(0), Kind.SMALL.type());
        }
    }

    private static IntStream numbers(int from) {
        return IntStream.range(from, from + AT_ONCE);
    }

    /** Bytes that the heap has more in use afterwards. */
    private static double grown(Runnable work) {
        long before = used();
        work.run();
        return used() - before;
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static String row(String what, double ofBound) {
        String row = String.format(Locale.ROOT, "| %s | %.1f |", what, ofBound * (BOUND >> 20));
        System.out.println(row);
        return row;
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
