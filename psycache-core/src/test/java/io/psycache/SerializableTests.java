package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions that are SERIALIZABLE by the default of their sessions, which nobody told Spring. */
class SerializableTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final int PAIRS = 300;
    private static final int ROUNDS = 20;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final HikariDataSource sessions = sessions();
    private final JdbcTemplate jdbc = new JdbcTemplate(sessions);
    private final TransactionTemplate transaction = new TransactionTemplate(new JdbcTransactionManager(sessions));
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final PostgresCache cache =
            database.closing(PostgresCache.builder(sessions).build());

    private HikariDataSource sessions() {
        PGSimpleDataSource serializable = database.unpooled();
        serializable.setOptions("-c default_transaction_isolation=serializable");
        HikariConfig config = new HikariConfig();
        config.setDataSource(serializable);
        config.setMaximumPoolSize(4);
        return database.closing(new HikariDataSource(config));
    }

    @BeforeEach
    void open() {
        cache.putAll(Map.of("k", 1, "other", 1, "another", 1), TTL);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdown();
    }

    private long predicateLocks() {
        return database.queryForLong("select count(*) from pg_locks where mode = 'SIReadLock'"
                + " and relation in (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                + " where n.nspname = '" + database.schema() + "' and c.relname like 'psycache%')");
    }

    @Test
    void outsideATransactionTheCacheIsRead() {
        assertThat(cache.get("k", Integer.class)).contains(1);
    }

    @Test
    void aGetBeginsTheNextEpochAfterACrash() {
        database.execute("truncate psycache, psycache_invalidation, psycache_lease, psycache_epoch");

        assertThat(cache.get("k", Integer.class)).isEmpty();
        cache.getOrLoad("k", Integer.class, TTL, () -> 2);
        assertThat(cache.get("k", Integer.class)).contains(2);
    }

    @Test
    void theValueOfABatchThatIsRefusedIsNamed() {
        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.putAll(Map.of("a", "1", "b", "nul \0", "c", "3"), TTL))
                .withMessageContaining("'b'");
        assertThat(cache.getAll(List.of("a", "b", "c"), String.class)).isEmpty();
    }

    @Test
    void inATransactionNothingOfTheCacheIsRead() {
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            assertThat(cache.get("k", Integer.class)).isEmpty();
            assertThat(cache.exists("k")).isFalse();
            assertThat(cache.getOrLoad("l", Integer.class, TTL, () -> 2)).isEqualTo(2);
            assertThat(region.put(region.begin(), "m", 3, Integer.class, TTL)).isFalse();
            assertThat(region.evictIfPresent("k")).isFalse();
            assertThat(region.invalidate()).isFalse();
            cache.put("n", 4, TTL);
            cache.removeByPrefix("o");
            assertThat(predicateLocks()).isZero();
        });
        cache.close(); // when what was queued has been put

        assertThat(cache.getAll(List.of("k", "l", "m", "n"), Integer.class)).isEmpty();
    }

    @Test
    void whereItIsToJoinTheCacheIsRead() {
        try (PostgresCache joining = joining()) {
            transaction.executeWithoutResult(status -> {
                assertThat(joining.get("k", Integer.class)).contains(1);
                assertThat(predicateLocks()).isPositive();
            });
        }
    }

    private PostgresCache joining() {
        return PostgresCache.builder(sessions)
                .options(CacheOptions.none().serializable(CacheOptions.SerializableReads.JOIN))
                .build();
    }

    /** What the two of a pair read and write is in tables of their own. */
    private int failuresOfPairs(PostgresCache used) {
        database.execute("create table data_0 as select 0 as v; create table data_1 as select 0 as v");
        cache.putAll(Map.of("key0", 0, "key1", 0), TTL); // whose validity is read in the log
        int failures = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            Phaser together = new Phaser(2);
            List<CompletableFuture<Boolean>> both = List.of(
                    CompletableFuture.supplyAsync(() -> fails(0, used, together), threads),
                    CompletableFuture.supplyAsync(() -> fails(1, used, together), threads));
            failures += both.stream().anyMatch(CompletableFuture::join) ? 1 : 0;
        }
        return failures;
    }

    private boolean fails(int number, PostgresCache used, Phaser together) {
        try {
            transaction.executeWithoutResult(status -> {
                jdbc.queryForObject("select v from data_" + number, Integer.class);
                used.get("key" + number, Integer.class);
                together.arriveAndAwaitAdvance();
                jdbc.update("update data_" + number + " set v = v + 1");
                used.remove("key" + number);
                together.arriveAndAwaitAdvance();
            });
            return false;
        } catch (ConcurrencyFailureException e) {
            return true;
        } finally {
            together.arriveAndDeregister();
        }
    }

    /** How many of some transactions that evict fail, while {@code operation} is called outside them, about other keys. */
    private int failuresBeside(Runnable operation) {
        database.execute("create table data as select 0 as v");
        int failures = 0;
        for (int round = 0; round < ROUNDS; round++) {
            failures += failsBeside(operation) ? 1 : 0;
        }
        return failures;
    }

    /** The transaction reads before another one writes, and evicts after the operation has begun and ended. */
    private boolean failsBeside(Runnable operation) {
        try {
            transaction.executeWithoutResult(status -> {
                jdbc.queryForObject("select v from data", Integer.class);
                CompletableFuture.runAsync(() -> jdbc.update("update data set v = v + 1"), threads)
                        .thenRunAsync(operation, threads)
                        .join();
                cache.remove("k");
            });
            return false;
        } catch (ConcurrencyFailureException e) {
            return true;
        }
    }

    static Stream<Arguments> operations() {
        List<String> keys = List.of("other", "another");
        return Stream.of(
                operation("get", cache -> cache.get("other", Integer.class)),
                operation("getAll", cache -> cache.getAll(keys, Integer.class)),
                operation("exists", cache -> cache.exists("other")),
                operation("put", cache -> cache.put("other", 1, TTL)),
                operation("putAll", cache -> cache.putAll(Map.of("other", 1, "another", 2), TTL)),
                operation("putIfAbsent", cache -> cache.putIfAbsent("other", 1, TTL)),
                operation("increment", cache -> cache.increment("counter", 1, TTL)),
                operation("remove", cache -> cache.remove("other")),
                operation("removeByPrefix", cache -> cache.removeByPrefix("oth")),
                operation("invalidate", cache -> cache.region("other").invalidate()),
                operation("lookup", cache -> cache.region("other").lookup("absent", type -> Integer.class)),
                operation("cleanupExpired", PostgresCache::cleanupExpired));
    }

    private static Arguments operation(String name, Consumer<PostgresCache> operation) {
        return Arguments.of(name, operation);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void operationsOutsideFailNoTransactionThatEvictsAnotherKey(String name, Consumer<PostgresCache> operation) {
        assertThat(failuresBeside(() -> operation.accept(cache))).isZero();
    }

    @Test
    void controlWhereTheLogIsReadAsTheSessionWouldTheyFail() {
        assertThat(failuresBeside(() -> jdbc.queryForList("select from psycache_invalidation where tag = 'k:other'")))
                .isPositive();
    }

    @Test
    void transactionsThatEvictAndHaveNoDataInCommonDoNotFail() {
        assertThat(failuresOfPairs(cache)).isZero();
    }

    @Test
    void controlWhereTheCacheIsReadTheyFail() {
        try (PostgresCache joining = joining()) {
            assertThat(failuresOfPairs(joining)).isPositive();
        }
    }
}
