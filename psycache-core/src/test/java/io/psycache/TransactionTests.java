package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** The cache within a transaction of the caller's, on pools of 1 and 10, auto-commit on and off. */
class TransactionTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private HikariDataSource pool;
    private PostgresCache cache;
    private JdbcTemplate jdbc;
    private TransactionTemplate transaction;

    record Pool(int size, boolean autoCommit) {}

    static Stream<Pool> pools() {
        return Stream.of(new Pool(10, true), new Pool(10, false), new Pool(1, true), new Pool(1, false));
    }

    private void open(Pool settings) {
        pool = database.newPool(settings.size, settings.autoCommit);
        cache = database.closing(PostgresCache.builder(pool).build());
        jdbc = new JdbcTemplate(pool);
        transaction = new TransactionTemplate(new DataSourceTransactionManager(pool));
        database.execute("create table data (v text)");
    }

    private long data() {
        return database.queryForLong("select count(*) from data");
    }

    /** Reads on another connection than that of a transaction under way. */
    private boolean othersSee(String key) {
        try (PostgresCache other = PostgresCache.builder(database.dataSource()).build()) {
            return CompletableFutures.onAnotherThread(() -> other.exists(key));
        }
    }

    @ParameterizedTest
    @MethodSource("pools")
    void getTakesNoSecondConnection(Pool settings) {
        open(settings);
        cache.put("k", 1, TTL);

        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('x')");
            assertThat(cache.get("k", Integer.class)).contains(1);
            assertThat(cache.get("missing", Integer.class)).isEmpty();
            assertThat(cache.getAll(List.of("k", "missing"), Integer.class)).isEqualTo(Map.of("k", 1));
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
        });

        assertThat(data()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void failingGetDoesNotAbortTheTransaction(Pool settings) {
        open(settings);
        database.execute("alter table psycache rename to psycache_away");

        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('x')");
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.get("k", Integer.class));
            jdbc.update("insert into data values ('y')");
        });

        assertThat(data()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void inAnAbortedTransactionAGetIsAMissAndAPutIsSkipped(Pool settings) {
        open(settings);
        cache.put("k", 1, TTL);

        transaction.executeWithoutResult(status -> {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> jdbc.execute("select 1 / 0"));
            assertThat(cache.get("k", Integer.class)).isEmpty();
            cache.put("k", 2, TTL);
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.remove("k"));
            status.setRollbackOnly();
        });
        assertThat(cache.get("k", Integer.class)).contains(1);
    }

    /** As PostgreSQL rolls it back, though the driver and Spring call it a commit. */
    @ParameterizedTest
    @MethodSource("pools")
    void whatWasLoadedInATransactionWithAHiddenErrorIsNotStored(Pool settings) {
        open(settings);

        transaction.executeWithoutResult(status -> {
            cache.getOrLoad("k", String.class, TTL, () -> "changed in memory");
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> jdbc.execute("select 1 / 0"));
        });
        transaction.executeWithoutResult(status -> cache.put("later", 1, TTL));

        await().untilAsserted(() -> assertThat(othersSee("later")).isTrue());
        assertThat(othersSee("k")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void removalIsSeenByOthersAtCommit(Pool settings) {
        open(settings);
        cache.put("k", 1, TTL);

        transaction.executeWithoutResult(status -> {
            assertThat(cache.remove("k")).isTrue();
            assertThat(cache.exists("k")).as("in the transaction").isFalse();
            assertThat(cache.remove("k")).as("again").isFalse();
            assertThat(othersSee("k")).as("before the commit").isTrue();
        });

        assertThat(cache.exists("k")).as("after the commit").isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void removalIsUndoneByRollback(Pool settings) {
        open(settings);
        cache.withTags("t").putAll(Map.of("key", 1, "tag", 2, "prefix", 3), TTL);

        transaction.executeWithoutResult(status -> {
            cache.remove("key");
            cache.invalidateTags("t");
            assertThat(cache.removeByPrefix("pre")).isZero();
            assertThat(cache.flush()).isZero();
            assertThat(cache.getAll(List.of("key", "tag", "prefix"), Integer.class))
                    .isEmpty();
            status.setRollbackOnly();
        });

        assertThat(cache.getAll(List.of("key", "tag", "prefix"), Integer.class)).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void failingRemovalFailsLoudly(Pool settings) {
        open(settings);
        database.execute("alter table psycache_invalidation rename to psycache_away");

        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> transaction.executeWithoutResult(status -> {
                    jdbc.update("insert into data values ('x')");
                    cache.invalidateTags("t");
                }));
        assertThat(data()).isZero();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void putIsStoredAfterTheCommit(Pool settings) {
        open(settings);
        cache.put("k", "old", TTL);

        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('x')");
            cache.put("k", "new", TTL);
            assertThat(othersSee("k")).as("before the commit").isTrue();
            assertThat(cache.exists("k")).as("in the transaction").isFalse();
        });

        await().untilAsserted(() -> assertThat(cache.get("k", String.class)).contains("new"));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void putIsDroppedOnRollback(Pool settings) {
        open(settings);
        cache.put("k", "old", TTL);

        transaction.executeWithoutResult(status -> {
            cache.put("k", "new", TTL);
            cache.getOrLoad("loaded", String.class, () -> "value");
            status.setRollbackOnly();
        });
        cache.close(); // writes what is queued

        assertThat(cache.get("k", String.class)).contains("old");
        assertThat(cache.exists("loaded")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void putOfARolledBackSavepointIsDropped(Pool settings) {
        open(settings);

        transaction.executeWithoutResult(status -> {
            Object savepoint = status.createSavepoint();
            cache.put("k", "new", TTL);
            status.rollbackToSavepoint(savepoint);
        });
        cache.close();

        assertThat(cache.exists("k")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void putThatIsInvalidatedLaterInTheTransactionIsNotStored(Pool settings) {
        open(settings);

        transaction.executeWithoutResult(status -> {
            cache.withTags("t").put("k", "new", TTL);
            cache.withTags("t").put("l", "new", TTL);
            cache.remove("k");
            cache.invalidateTags("t");
        });
        cache.close();

        assertThat(cache.getAll(List.of("k", "l"), String.class)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void loadAfterAnOwnWriteIsNotStored(Pool settings) {
        open(settings);

        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('x')");
            assertThat(cache.getOrLoad("k", String.class, () -> "mine")).isEqualTo("mine");
        });
        cache.close();

        assertThat(cache.exists("k")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void loadBeforeAnOwnWriteIsStoredUnlessItIsInvalidated(Pool settings) {
        open(settings);

        transaction.executeWithoutResult(status -> {
            cache.getOrLoad("kept", String.class, () -> "v");
            cache.getOrLoad("invalidated", String.class, () -> "v");
            jdbc.update("insert into data values ('x')");
            cache.remove("invalidated");
        });
        cache.close();

        assertThat(cache.getAll(List.of("kept", "invalidated"), String.class)).isEqualTo(Map.of("kept", "v"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void incrementDoesNotRollBack(boolean autoCommit) {
        open(new Pool(10, autoCommit));

        transaction.executeWithoutResult(status -> {
            assertThat(cache.increment("n")).isEqualTo(1);
            status.setRollbackOnly();
        });

        assertThat(cache.get("n", Long.class)).contains(1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void incrementThatGetsNoSecondConnectionGivesUpInTime(boolean autoCommit) {
        open(new Pool(1, autoCommit));

        transaction.executeWithoutResult(status -> {
            jdbc.update("insert into data values ('x')");
            assertThatExceptionOfType(QueryTimeoutException.class)
                    .isThrownBy(() -> cache.increment("n"))
                    .withMessageContaining("'n'")
                    .withMessageContaining("second connection");
        });

        assertThat(data()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("pools")
    void serializableTransactionsDoNotReadTheCache(Pool settings) {
        open(settings);
        cache.put("k", 1, TTL);
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_SERIALIZABLE);

        transaction.executeWithoutResult(status -> {
            assertThat(cache.get("k", Integer.class)).isEmpty();
            assertThat(cache.getOrLoad("l", Integer.class, () -> 2)).isEqualTo(2);
            cache.invalidateTags("t");
        });
        cache.close();

        assertThat(cache.exists("k")).isTrue();
        assertThat(cache.exists("l")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("pools")
    void readOnlyTransactionsGetAndPut(Pool settings) {
        open(settings);
        cache.put("k", 1, TTL);
        transaction.setReadOnly(true);

        transaction.executeWithoutResult((TransactionStatus status) -> {
            assertThat(cache.get("k", Integer.class)).contains(1);
            cache.getOrLoad("l", Integer.class, () -> 2);
        });

        await().untilAsserted(() -> assertThat(cache.get("l", Integer.class)).contains(2));
    }

    @ParameterizedTest
    @MethodSource("pools")
    void aPutThatFailsLeavesItsReadOnlyTransactionUsable(Pool settings) {
        open(settings);
        transaction.setReadOnly(true);
        database.execute("alter table psycache_epoch rename to elsewhere");

        transaction.executeWithoutResult(status -> {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.put("k", 1, TTL));
            assertThat(jdbc.queryForObject("select 1", Integer.class)).isOne();
        });
    }
}
