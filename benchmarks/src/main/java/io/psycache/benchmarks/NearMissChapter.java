package io.psycache.benchmarks;

import static io.psycache.benchmarks.Contenders.KEYS;
import static io.psycache.benchmarks.Contenders.PSYCACHE;
import static io.psycache.benchmarks.NearContenders.REDIS;
import static io.psycache.benchmarks.NearContenders.STRICT;

import io.psycache.CacheRegion;
import io.psycache.CacheRegion.Lookup;
import io.psycache.PostgresCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What copies in the process cost and bring where they are missing. */
final class NearMissChapter implements Chapter {
    private static final String SCHEMA = "near_miss";
    private static final List<Integer> CALLERS = List.of(1, 8, 64);
    private static final Kind<Order> KIND = Kind.DECODED;

    private static final int FACTOR = 10;
    private static final double SKEW = 0.99;

    /** An order takes so much as a copy, about. */
    private static final long COPY_BYTES = 2_300;

    private static final String ON = "near on";
    private static final String OFF = "near off";

    private final AtomicInteger turn = new AtomicInteger();
    private final Zipf zipf = new Zipf(KEYS, SKEW);

    private @Nullable NearContenders contenders;

    /**
     * A comparison.
     *
     * @param least the ratio that is demanded
     */
    private record Pair(String what, String one, String other, Map<String, Load> loads, double least) {

        String title() {
            return what + ", " + one + " : " + other;
        }
    }

    @Override
    public String name() {
        return "near-miss";
    }

    @Override
    public String title() {
        return "Without a copy in the process";
    }

    @Override
    public String introduction() {
        return """
                Through Spring's `Cache`, %,d records of 0.8 KB. Gets of all keys in turn, of which copies are gone before their turn comes
                again, and puts of random keys: with copies and without (`nearMaximumSize` 0). Gets by Zipf's law (%s) where %d times as much is asked for as
                the bound of copies holds. And misses of new keys, each with the put that follows (`CacheRegion.put` of the miss,
                as by `@Cacheable`; only puts that are accepted count), beside get and put of Spring Data Redis, whose puts do not wait, as
                by default.
                """.formatted(KEYS.count(), SKEW, FACTOR);
    }

    @Override
    public void prepare() throws Exception {
        contenders = new NearContenders(SCHEMA);
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        NearContenders all = Objects.requireNonNull(contenders);
        List<String> tables = new ArrayList<>();
        List<Demand> demands = new ArrayList<>();
        for (Pair pair : pairs(all)) {
            for (Load load : pair.loads.values()) {
                rounds.warmUp(load);
            }
            Results results = new Results();
            for (int callers : CALLERS) {
                results.measure(callers, rounds, rounds.turns(callers, pair.loads));
                demands.add(Demand.atLeast(
                        pair.title() + ", threads: " + callers,
                        pair.least,
                        results.throughput(callers, pair.one, pair.other)));
            }
            tables.add("%s:\n\n%s\n".formatted(pair.what, results.table(pair.one)));
        }
        return new Findings(String.join("\n", tables) + all.missing(), List.of(), demands);
    }

    private List<Pair> pairs(NearContenders all) {
        PostgresCache off = all.open(0);
        PostgresCache small = all.open(NearContenders.FEW_BYTES);
        PostgresCache tenth = all.open(KEYS.count() * COPY_BYTES / FACTOR);
        NearContenders.fill(SCHEMA, off, KIND);
        SpringCacheContender without = all.psycache(OFF, off, KIND, STRICT);
        SpringCacheContender with = all.psycache(ON, small, KIND, STRICT);
        SpringCacheContender some = all.psycache(PSYCACHE, tenth, KIND, STRICT);
        List<Pair> pairs = new ArrayList<>(List.of(
                pair("Get without a copy", ON, () -> with.get(next()), OFF, () -> without.get(next()), 0.95),
                pair("Put", ON, with::put, OFF, without::put, 0.95)));
        all.redis(KIND).ifPresent(redis -> {
            pairs.add(pair(
                    "Get by Zipf's law",
                    PSYCACHE,
                    () -> some.get(zipf.random()),
                    REDIS,
                    () -> redis.get(zipf.random()),
                    1));
            pairs.add(pair("Miss and put", PSYCACHE, missing(tenth), REDIS, missing(redis), 0.8));
        });
        return pairs;
    }

    private int next() {
        return turn.getAndUpdate(last -> (last + 1) % KEYS.count());
    }

    private static Load missing(SpringCacheContender redis) {
        AtomicInteger last = new AtomicInteger(KEYS.count());
        return settling(() -> redis.load(last.incrementAndGet()), redis::settle);
    }

    /** A get of the last value waits until it is stored, and so are those before it. */
    private static Load missing(PostgresCache cache) {
        CacheRegion region =
                (CacheRegion) NearContenders.spring(cache, KIND, STRICT).getNativeCache();
        AtomicInteger last = new AtomicInteger(KEYS.count());
        return settling(
                () -> load(region, last.incrementAndGet()),
                () -> region.lookup(KIND.key(last.get()), type -> KIND.type()));
    }

    private static int load(CacheRegion region, int id) {
        Lookup miss = region.lookup(KIND.key(id), type -> KIND.type());
        if (miss.isHit()) {
            throw new IllegalStateException("entry " + id + " is there: nothing was measured");
        }
        return region.put(miss, KIND.of().apply(id), KIND.type(), Duration.ofHours(1)) ? 1 : 0;
    }

    private static Load settling(Load load, Runnable settling) {
        return new Load() {
            @Override
            public int run() throws Exception {
                return load.run();
            }

            @Override
            public void settle() {
                settling.run();
            }
        };
    }

    @Override
    public void close() {
        if (contenders != null) {
            contenders.close();
        }
    }

    private static Pair pair(String what, String one, Load first, String other, Load second, double least) {
        Map<String, Load> loads = new LinkedHashMap<>();
        loads.put(one, first);
        loads.put(other, second);
        return new Pair(what, one, other, loads, least);
    }
}
