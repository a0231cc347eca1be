package io.psycache.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.psycache.benchmarks.Turn.Figures;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;

/** Many keys at once. */
final class GetAllChapter implements Chapter {
    private static final String PSYCACHE = "psycache getAll";
    private static final String MGET = "MGET through Lettuce";
    private static final String JDBC = "JdbcTemplate, key = any (?)";
    private static final int KEYS = 100;

    private final JacksonJsonRedisSerializer<Order> json = new JacksonJsonRedisSerializer<>(Order.class);

    private @Nullable Contenders contenders;
    private @Nullable RedisClient redis;

    @Override
    public String name() {
        return "redis-getall";
    }

    @Override
    public String title() {
        return "Many keys at once";
    }

    @Override
    public String introduction() {
        return """
                %d random keys of %,d in one call, each entry a record of 0.8 KB, read from JSON on the caller's thread: `getAll` with
                validation, one `MGET` on one connection of Lettuce, and a select without validation on a pool of %d. Figures are of
                calls.
                """.formatted(KEYS, Contenders.KEYS.count(), Contenders.CONNECTIONS);
    }

    @Override
    public void prepare() throws Exception {
        contenders = new Contenders("redis_getall");
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Contenders all = Objects.requireNonNull(contenders);
        Map<String, Load> loads = loads(all);
        Results results = new Results();
        for (int callers : List.of(1, 8)) {
            Map<String, Callable<Figures>> turns = new LinkedHashMap<>();
            loads.forEach((name, load) -> turns.put(name, () -> new Turn(callers, rounds.turn()).of(load)));
            results.measure(callers, rounds, turns);
        }
        return new Findings(
                results.table(PSYCACHE) + "\n" + all.missing(),
                List.of(),
                results.callers().stream()
                        .map(callers -> demand(results, callers))
                        .toList());
    }

    private static Demand demand(Results results, int callers) {
        return Demand.atLeast(
                "getAll of %d keys, psycache : %s, threads: %d".formatted(KEYS, MGET, callers),
                0.5,
                results.throughput(callers, PSYCACHE, MGET));
    }

    private Map<String, Load> loads(Contenders all) {
        Map<String, Load> loads = new LinkedHashMap<>();
        loads.put(
                PSYCACHE, () -> complete(all.cache().getAll(keys(), Order.class).size()));
        all.redisConnections().map(this::commands).ifPresent(commands -> loads.put(MGET, () -> mget(commands)));
        loads.put(JDBC, () -> complete(all.jdbcTemplate().getAll(keys())));
        return loads;
    }

    private RedisCommands<byte[], byte[]> commands(LettuceConnectionFactory connections) {
        redis = RedisClient.create(RedisURI.create(connections.getHostName(), connections.getPort()));
        return redis.connect(ByteArrayCodec.INSTANCE).sync();
    }

    private int mget(RedisCommands<byte[], byte[]> commands) {
        byte[][] keys =
                keys().stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
        return complete((int) commands.mget(keys).stream()
                .map(found -> json.deserialize(found.getValue()))
                .filter(Objects::nonNull)
                .count());
    }

    private static List<String> keys() {
        return Stream.generate(() -> "orders::" + Contenders.KEYS.random())
                .distinct()
                .limit(KEYS)
                .toList();
    }

    private static int complete(int found) {
        if (found != KEYS) {
            throw new IllegalStateException("only " + found + " entries: nothing was measured");
        }
        return 1;
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.shutdown();
        }
        if (contenders != null) {
            contenders.close();
        }
    }
}
