package io.psycache.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.psycache.PostgresCache;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;

/** Many keys at once. */
final class GetAllChapter implements Chapter {
    private static final String SCHEMA = "near_getall";
    private static final String SHARED = "psycache getAll, of shared copies";
    private static final String DECODED = "psycache getAll, of copies";
    private static final String FAR = "psycache getAll, without copies";
    private static final String MGET = "MGET through Lettuce";
    private static final String JDBC = "JdbcTemplate, key = any (?)";
    private static final int KEYS = 100;

    private final JacksonJsonRedisSerializer<Order> json = new JacksonJsonRedisSerializer<>(Order.class);

    private @Nullable Contenders contenders;
    private @Nullable RedisClient redis;

    @Override
    public String name() {
        return "near-getall";
    }

    @Override
    public String title() {
        return "Many keys at once";
    }

    @Override
    public String introduction() {
        return """
                %d random keys of %,d in one call, each entry a record of 0.8 KB: `getAll` with validation, where this process has copies of
                all, of which callers share the objects or decode their own, and where it has next to none; one `MGET` on one connection
                of Lettuce, decoded; and a select without validation on a pool of %d. Figures are of calls.
                """.formatted(KEYS, Contenders.KEYS.count(), Contenders.CONNECTIONS);
    }

    @Override
    public void prepare() throws Exception {
        contenders = new Contenders(SCHEMA);
    }

    @Override
    public Findings measure(Rounds rounds) throws Exception {
        Contenders all = Objects.requireNonNull(contenders);
        Map<String, Load> loads = loads(all);
        Results results = new Results();
        for (int callers : List.of(1, 8)) {
            results.measure(callers, rounds, rounds.turns(callers, loads));
        }
        return new Findings(
                results.table(SHARED) + "\n" + all.missing(),
                List.of(),
                results.callers().stream()
                        .flatMap(callers ->
                                Stream.of(demand(results, SHARED, callers, 5), demand(results, FAR, callers, 0.5)))
                        .toList());
    }

    private static Demand demand(Results results, String one, int callers, double least) {
        return Demand.atLeast(
                "%s : %s, %d keys, threads: %d".formatted(one, MGET, KEYS, callers),
                least,
                results.throughput(callers, one, MGET));
    }

    private Map<String, Load> loads(Contenders all) {
        Map<String, Load> loads = new LinkedHashMap<>();
        PostgresCache near = all.open(NearContenders.ALL_BYTES);
        PostgresCache far = all.open(NearContenders.FEW_BYTES);
        NearContenders.fill(SCHEMA, far, Kind.SHARED);
        NearContenders.copy(near, Kind.SHARED);
        NearContenders.copy(near, Kind.DECODED);
        loads.put(SHARED, () -> getAll(near, Kind.SHARED));
        loads.put(DECODED, () -> getAll(near, Kind.DECODED));
        loads.put(FAR, () -> getAll(far, Kind.DECODED));
        all.redisConnections().map(this::commands).ifPresent(commands -> loads.put(MGET, () -> mget(commands)));
        loads.put(JDBC, () -> complete(all.jdbcTemplate().getAll(keys(Kind.DECODED))));
        return loads;
    }

    private RedisCommands<byte[], byte[]> commands(LettuceConnectionFactory connections) {
        redis = RedisClient.create(RedisURI.create(connections.getHostName(), connections.getPort()));
        return redis.connect(ByteArrayCodec.INSTANCE).sync();
    }

    private int mget(RedisCommands<byte[], byte[]> commands) {
        byte[][] keys = keys(Kind.DECODED).stream()
                .map(key -> key.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        return complete((int) commands.mget(keys).stream()
                .map(found -> json.deserialize(found.getValue()))
                .filter(Objects::nonNull)
                .count());
    }

    private static List<String> keys(Kind<?> kind) {
        return Stream.generate(() -> kind.key(Contenders.KEYS.random()))
                .distinct()
                .limit(KEYS)
                .toList();
    }

    private static int getAll(PostgresCache cache, Kind<?> kind) {
        return complete(cache.getAll(keys(kind), kind.type()).size());
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
