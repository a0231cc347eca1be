package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.codec.CacheCodec;
import io.psycache.testkit.TestDatabase;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts that nobody waits for. A lock holds the background while they queue. */
class WriteModeTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    private final TestDatabase database = TestDatabase.create();
    private PostgresCache later;
    private PostgresCache now;
    private Connection holder;

    @BeforeEach
    void open() throws SQLException {
        PsycacheSchema.create(database.dataSource());
        later = PostgresCache.builder(database.dataSource())
                .writeMode(WriteMode.ASYNC)
                .timeout(Duration.ofSeconds(30))
                .build();
        now = PostgresCache.builder(database.dataSource()).build();
        holder = database.unpooled().getConnection();
        holder.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        holder.close();
        later.close();
        now.close();
        database.close();
    }

    /** Nothing can be stored, but all can be read. */
    private void hold() throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("lock table psycache in exclusive mode");
        }
    }

    private void goOn() throws SQLException {
        holder.rollback();
        later.close(); // once all is stored
    }

    @Test
    void aPutDoesNotWaitUntilItIsStored() throws SQLException {
        hold();
        later.put("a", 1, TTL);
        later.putAll(Map.of("b", 2, "c", 3), TTL);
        assertThat(now.exists("a")).isFalse();
        goOn();

        assertThat(now.getAll(List.of("a", "b", "c"), Integer.class)).isEqualTo(Map.of("a", 1, "b", 2, "c", 3));
    }

    @Test
    void ofManyPutsOfAKeyTheLastIsStored() throws SQLException {
        for (int i = 0; i < 900; i++) {
            later.put("k", i, TTL);
        }
        goOn();

        assertThat(now.get("k", Integer.class)).contains(899);
    }

    @Test
    void ofMorePutsThanCanWaitAnEarlierOneIsNotLeft() throws SQLException {
        for (int i = 0; i < 5_000; i++) {
            later.put("k", i, TTL);
        }
        goOn();

        assertThat(now.get("k", Integer.class)).isIn(Optional.of(4_999), Optional.empty());
    }

    @Test
    void whatIsInvalidatedAfterThePutIsNotStored() throws SQLException {
        hold();
        later.put("k", "old", TTL);
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()))
                .executeWithoutResult(status -> now.remove("k")); // commits a change
        goOn();

        assertThat(now.get("k", String.class)).isEmpty();
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
    }

    /** Each put would have the token of the one before, which an invalidation since would fence. */
    @Test
    void aPutAfterAnInvalidationInThisProcessIsStored() throws SQLException {
        for (int i = 0; i < 20; i++) {
            later.put("before", i, TTL);
            later.flush();
            later.put("f" + i, i, TTL);
        }
        for (int i = 0; i < 20; i++) {
            now.put("k" + i, "old", TTL);
            later.remove("k" + i);
            later.put("k" + i, i, TTL);
        }
        goOn();

        assertThat(now.get("f19", Integer.class)).contains(19);
        for (int i = 0; i < 20; i++) {
            assertThat(now.get("k" + i, Integer.class)).contains(i);
        }
    }

    @Test
    void aTruthThatCannotBeStoredEndsTheOldEntry() throws SQLException {
        now.put("k", "old", TTL);
        later.region("r").withCodec(new NoJson()).put("k", "new", String.class, TTL);
        goOn();

        assertThat(now.get("k", String.class)).isEmpty();
    }

    /** Its values are refused by PostgreSQL only. */
    private static final class NoJson implements CacheCodec {

        @Override
        public byte[] encode(Object value, Type type) {
            return "no JSON".getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] json, Type type) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aValueThatJsonLosesFailsAtOnce() {
        assertThatExceptionOfType(CacheValueException.class).isThrownBy(() -> later.put("k", new Object(), TTL));
    }

    @Test
    void aLoadDoesNotReplaceATruthThatWasStatedSince() throws SQLException {
        CacheRegion region = later.region("r");
        CacheRegion.Lookup miss = region.lookup("k", stored -> Integer.class);
        hold();
        region.put("k", 2, Integer.class, TTL);
        region.put(miss, 1, Integer.class, TTL);
        goOn();

        assertThat(now.get("k", Integer.class)).contains(2);
    }

    @Test
    void whileTheQueueIsFullATruthWaitsForRoom() throws Exception {
        hold();
        int queued = fillQueue(later);
        Thread caller = new Thread(() -> later.put("truth", "new", TTL));
        caller.start();
        await().until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        holder.rollback();
        caller.join();
        later.close(); // once all is stored

        assertThat(now.get("truth", String.class)).contains("new");
        assertThat(database.queryForLong("select count(*) from psycache")).isEqualTo(queued + 1);
    }

    /** Loads that are dropped are loaded again. */
    private static int fillQueue(PostgresCache cache) {
        CacheRegion region = cache.region("r");
        int queued = 0;
        while (region.put(region.lookup("k" + queued, stored -> Integer.class), 1, Integer.class, TTL)) {
            queued++;
        }
        assertThat(queued).isBetween(1_000, 1_100);
        return queued;
    }

    @Test
    void aTruthForWhichThereIsNoRoomInTimeEndsTheOldEntry() throws Exception {
        PostgresCache impatient = PostgresCache.builder(database.dataSource())
                .writeMode(WriteMode.ASYNC)
                .timeout(Duration.ofSeconds(4))
                .build();
        now.put("truth", "old", TTL);
        hold();
        int queued = fillQueue(impatient);
        Thread caller = new Thread(() -> impatient.put("truth", "new", TTL));
        caller.start();
        await().until(() -> database.queryForLong("select count(*) from pg_locks where not granted") == 2);
        holder.rollback();
        caller.join();
        assertThat(now.exists("truth")).isFalse();
        impatient.close();

        assertThat(database.queryForLong("select count(*) from psycache")).isEqualTo(queued);
    }

    @Test
    void getOrLoadAndPutIfAbsentDoNotChange() {
        assertThat(later.getOrLoad("k", Integer.class, () -> 1)).isEqualTo(1);
        assertThat(now.get("k", Integer.class)).contains(1);
        assertThat(later.putIfAbsent("k", 2, TTL)).isFalse();
        assertThat(later.putIfAbsent("m", 2, TTL)).isTrue();
        assertThat(now.get("m", Integer.class)).contains(2);
    }

    @Test
    void aRegionCanHaveAModeOfItsOwn() {
        later.region("r").withWriteMode(WriteMode.SYNC).put("k", 1, Integer.class, TTL);

        assertThat(now.get("k", Integer.class)).contains(1);
    }
}
