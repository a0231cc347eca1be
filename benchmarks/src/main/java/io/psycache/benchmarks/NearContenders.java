package io.psycache.benchmarks;

import static io.psycache.benchmarks.Contenders.KEYS;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.springframework.cache.Cache;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Caches with copies in this process, and others, in one place: what is opened here is closed with it. */
final class NearContenders implements AutoCloseable {
    static final String AGED = "psycache, 50 ms";
    static final String OFF = "psycache, near off";
    static final String REDIS = "Spring Data Redis";
    static final String LETTUCE = "Lettuce, client-side caching";

    static final CacheOptions STRICT = CacheOptions.none();
    static final CacheOptions STALE = CacheOptions.none().maxStaleness(Duration.ofMillis(50));

    /** More than all copies take. */
    static final long ALL_BYTES = 1L << 30;

    /** So little that a copy is gone before its entry is asked for again. */
    static final long FEW_BYTES = 1L << 20;

    /** The first get finds an entry, the second copies it, and the third decodes what callers share. */
    static final int GETS = 3;

    private static final int AT_ONCE = 1_000;

    private final String schema;
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final Optional<LettuceConnectionFactory> redis;

    /** @param schema a new one */
    NearContenders(String schema) throws Exception {
        this.schema = schema;
        BenchmarkServer.newSchema(schema);
        PsycacheSchema.create(BenchmarkServer.connections(schema));
        Optional<RedisServer> server = RedisServer.start();
        if (server.isPresent()) {
            closing.push(server.get()::close);
            redis = Optional.of(server.get().connections());
            closing.push(redis.get()::destroy);
        } else {
            redis = Optional.empty();
        }
    }

    Optional<LettuceConnectionFactory> redis() {
        return redis;
    }

    /** @param nearMaximumSize 0 = without copies */
    PostgresCache open(long nearMaximumSize) {
        return Contenders.open(schema, nearMaximumSize, closing);
    }

    /** Puts all entries of this kind into the table. */
    static void fill(String schema, PostgresCache cache, Kind<?> kind) {
        for (int from = 0; from < KEYS.count(); from += AT_ONCE) {
            Map<String, Object> entries = new HashMap<>();
            numbers(from).forEach(id -> entries.put(kind.key(id), kind.of().apply(id)));
            cache.putAll(entries, Duration.ofDays(1));
        }
        BenchmarkServer.sql(schema).execute("vacuum analyze");
    }

    /** Gets all entries, so that this process has copies of as many as fit. */
    static void copy(PostgresCache cache, Kind<?> kind) {
        follow(cache, kind);
        for (int from = 0; from < KEYS.count(); from += AT_ONCE) {
            List<String> keys = numbers(from).mapToObj(kind::key).toList();
            for (int i = 0; i < GETS; i++) {
                cache.getAll(keys, kind.type());
            }
        }
    }

    /** Begins to follow the log: no copy of before the first look counts. */
    static void follow(PostgresCache cache, Kind<?> kind) {
        cache.get(kind.key(0), kind.type());
        cache.get(kind.key(0), kind.type());
    }

    private static IntStream numbers(int from) {
        return IntStream.range(from, Math.min(KEYS.count(), from + AT_ONCE));
    }

    static Cache spring(PostgresCache cache, Kind<?> kind, CacheOptions options) {
        return Objects.requireNonNull(Contenders.manager(cache, options).getCache(kind.cache()));
    }

    SpringCacheContender psycache(String name, PostgresCache cache, Kind<?> kind, CacheOptions options) {
        return new SpringCacheContender(named(name, kind), spring(cache, kind, options), KEYS).of(kind);
    }

    /** With its asynchronous puts, as by default, and filled. */
    Optional<SpringCacheContender> redis(Kind<?> kind) {
        return redis.map(connections -> SpringCacheContender.puttingAsynchronously(
                        named(REDIS, kind), Contenders.redisCache(kind.cache(), kind.type(), connections, false), KEYS)
                .of(kind)
                .filled());
    }

    /** @param filled whose entries it reads */
    Optional<Contender> lettuce(Kind<?> filled) {
        return redis.map(connections -> {
            LettuceContender<?> contender = new LettuceContender<>(LETTUCE, filled, KEYS, connections);
            closing.push(contender::close);
            return contender.copied();
        });
    }

    SpringCacheContender caffeine() {
        Cache cache = new CaffeineCache(
                Contenders.CAFFEINE,
                Caffeine.newBuilder().maximumSize(KEYS.count()).build());
        return new SpringCacheContender(Contenders.CAFFEINE, cache, KEYS).filled();
    }

    static String named(String name, Kind<?> kind) {
        return name + ", " + kind.label();
    }

    /** All of them, each with copies of all entries. */
    List<Contender> all() {
        PostgresCache near = open(ALL_BYTES);
        PostgresCache off = open(0);
        List<Contender> all = new ArrayList<>();
        for (Kind<?> kind : List.of(Kind.SHARED, Kind.DECODED)) {
            fill(schema, off, kind);
            copy(near, kind);
            all.add(psycache(Contenders.PSYCACHE, near, kind, STRICT));
            all.add(psycache(AGED, near, kind, STALE));
            redis(kind).ifPresent(all::add);
        }
        all.add(new SpringCacheContender(OFF, spring(off, Kind.DECODED, STRICT), KEYS));
        lettuce(Kind.DECODED).ifPresent(all::add);
        all.add(caffeine());
        return all;
    }

    String missing() {
        return redis.isEmpty() ? "\n" + RedisServer.MISSING + "\n" : "";
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
