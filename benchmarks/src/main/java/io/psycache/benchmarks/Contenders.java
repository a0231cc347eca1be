package io.psycache.benchmarks;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.PostgresCacheConfiguration;
import io.psycache.spring.PostgresCacheManager;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.springframework.cache.Cache;
import org.springframework.cache.caffeine.CaffeineCache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;

/** Everybody who is compared, each with the same entries: open, and filled. What is not installed is missing. */
final class Contenders implements AutoCloseable {
    static final String PSYCACHE = "psycache";
    static final String ASYNC = "psycache, " + AsyncContender.AT_ONCE + " futures at once";
    static final String JDBC = "JdbcTemplate";
    static final String REDIS = "Spring Data Redis, immediate writes";
    static final String REDIS_DEFAULT = "Spring Data Redis, default";
    static final String CAFFEINE = "Caffeine";

    static final int CONNECTIONS = 10;
    static final Keys KEYS = new Keys(Integer.getInteger("benchmarks.entries", 100_000));

    private static final int FILLED_AT_ONCE = 1_000;

    private final String schema;
    private final List<Contender> all = new ArrayList<>();
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final JdbcTemplateContender jdbc;
    private final Optional<LettuceConnectionFactory> redis;
    private final Optional<PgBench> pgbench;

    /** @param schema a new one */
    Contenders(String schema) throws Exception {
        this.schema = schema;
        BenchmarkServer.newSchema(schema);
        PsycacheSchema.create(BenchmarkServer.connections(schema));
        psycache();
        this.jdbc = new JdbcTemplateContender(schema, CONNECTIONS, KEYS).filled();
        all.add(jdbc);
        closing.push(jdbc::close);
        this.redis = redis();
        all.add(new SpringCacheContender(
                        CAFFEINE,
                        new CaffeineCache(
                                CAFFEINE,
                                Caffeine.newBuilder().maximumSize(KEYS.count()).build()),
                        KEYS)
                .filled());
        this.pgbench = PgBench.find(schema, KEYS);
    }

    private void psycache() {
        HikariDataSource pool = BenchmarkServer.pool(schema, CONNECTIONS);
        PostgresCache cache = cache(pool);
        PostgresCacheManager manager = manager(cache);
        closing.push(pool::close);
        closing.push(cache::close);
        Cache orders = Objects.requireNonNull(manager.getCache("orders"));
        all.add(new SpringCacheContender(PSYCACHE, orders, KEYS));
        AsyncContender async = new AsyncContender(orders, cache.async(), KEYS);
        all.add(async);
        for (int from = 0; from < KEYS.count(); from += FILLED_AT_ONCE) {
            IntStream next = IntStream.range(from, Math.min(KEYS.count(), from + FILLED_AT_ONCE));
            CompletableFuture.allOf(next.mapToObj(async::put).toArray(CompletableFuture[]::new))
                    .join();
        }
        BenchmarkServer.sql(schema).execute("vacuum analyze");
    }

    /** As it is by default, but for the timeout: a pause of the machine is not to end the measurement. */
    static PostgresCache cache(HikariDataSource pool) {
        return builder(pool).build();
    }

    /** {@link #cache} with another bound of the copies in this process, in bytes; 0 = it has none. */
    static PostgresCache cache(DataSource pool, long nearMaximumSize) {
        return builder(pool).nearMaximumSize(nearMaximumSize).build();
    }

    private static PostgresCache.Builder builder(DataSource pool) {
        return PostgresCache.builder(pool).timeout(Duration.ofSeconds(10));
    }

    /** {@link #cache} with a pool of its own. @param closing what is to be closed */
    static PostgresCache open(String schema, long nearMaximumSize, Deque<Runnable> closing) {
        HikariDataSource pool = BenchmarkServer.pool(schema, CONNECTIONS);
        closing.push(pool::close);
        PostgresCache cache = cache(pool, nearMaximumSize);
        closing.push(cache::close);
        return cache;
    }

    /** Another one on the same entries. */
    PostgresCache open(long nearMaximumSize) {
        return open(schema, nearMaximumSize, closing);
    }

    static PostgresCacheManager manager(PostgresCache cache) {
        return manager(cache, CacheOptions.none());
    }

    static PostgresCacheManager manager(PostgresCache cache, CacheOptions options) {
        return PostgresCacheManager.builder(cache)
                .defaults(PostgresCacheConfiguration.defaults().options(options))
                .trustedPackages(List.of(Contenders.class.getPackageName()))
                .build();
    }

    private Optional<LettuceConnectionFactory> redis() throws Exception {
        Optional<RedisServer> server = RedisServer.start();
        if (server.isEmpty()) {
            return Optional.empty();
        }
        closing.push(server.get()::close);
        LettuceConnectionFactory connections = server.get().connections();
        closing.push(connections::destroy);
        all.add(SpringCacheContender.puttingAsynchronously(
                        REDIS_DEFAULT, redisCache("orders", Order.class, connections, false), KEYS)
                .filled());
        all.add(new SpringCacheContender(REDIS, redisCache("orders", Order.class, connections, true), KEYS));
        return Optional.of(connections);
    }

    /** With its JSON serializer for one type, which is faster than the one for all. */
    static <T> Cache redisCache(
            String name, Class<T> type, LettuceConnectionFactory connections, boolean immediateWrites) {
        RedisCacheWriter writer =
                RedisCacheWriter.create(connections, settings -> settings.immediateWrites(immediateWrites));
        RedisCacheConfiguration configuration = RedisCacheConfiguration.defaultCacheConfig()
                .entryTtl(Duration.ofHours(1))
                .serializeValuesWith(SerializationPair.fromSerializer(new JacksonJsonRedisSerializer<>(type)));
        RedisCacheManager manager = RedisCacheManager.builder(writer)
                .withInitialCacheConfigurations(Map.of(name, configuration))
                .build();
        manager.afterPropertiesSet();
        return Objects.requireNonNull(manager.getCache(name));
    }

    List<Contender> all() {
        return all;
    }

    JdbcTemplateContender jdbcTemplate() {
        return jdbc;
    }

    Optional<LettuceConnectionFactory> redisConnections() {
        return redis;
    }

    Optional<PgBench> pgBench() {
        return pgbench;
    }

    /** What is missing, a line each. */
    String missing() {
        return (redis.isEmpty() ? "\n" + RedisServer.MISSING + "\n" : "")
                + (pgbench.isEmpty() ? "\n" + PgBench.MISSING + "\n" : "");
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
    }
}
