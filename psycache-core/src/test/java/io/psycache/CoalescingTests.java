package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests of several callers in one statement. A lock holds the only lane while they queue. */
class CoalescingTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .lanes(1)
            .timeout(Duration.ofSeconds(30))
            .build());
    private AsyncPostgresCache async;
    private Connection holder;

    @BeforeEach
    void open() throws SQLException {
        async = cache.async();
        holder = database.closing(database.unpooled().getConnection());
        holder.setAutoCommit(false);
    }

    private CompletableFuture<?> hold() throws SQLException {
        lock();
        CompletableFuture<?> held = async.exists("held");
        await().until(() -> database.queryForLong("select count(*) from pg_locks where not granted") > 0);
        return held;
    }

    private static <T> T of(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void aBadValueFailsAloneAndTheOthersAreStored() throws Exception {
        hold();
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            puts.add(async.put("k" + i, i == 7 || i == 8 ? "nul \0" : "v", TTL));
        }
        holder.rollback();

        for (int i = 0; i < 20; i++) {
            CompletableFuture<Void> put = puts.get(i);
            if (i == 7 || i == 8) {
                assertThatExceptionOfType(ExecutionException.class)
                        .isThrownBy(() -> of(put))
                        .withCauseInstanceOf(CacheValueException.class)
                        .withMessageContaining("'k" + i + "'");
            } else {
                of(put);
            }
        }
        assertThat(database.queryForLong("select count(*) from psycache")).isEqualTo(18);
    }

    @Test
    void ofTwoPutsOfAKeyTheLaterOneWins() throws Exception {
        hold();
        List<CompletableFuture<Void>> puts = List.of(
                async.put("k", 1, TTL),
                async.putAll(Map.of("k", 2, "other", 2), TTL),
                async.withTags("t").put("k", 3, TTL),
                async.put("other", 4, TTL));
        holder.rollback();
        for (CompletableFuture<Void> put : puts) {
            of(put);
        }

        assertThat(cache.getAll(List.of("k", "other"), Integer.class)).isEqualTo(Map.of("k", 3, "other", 4));
    }

    @Test
    void aBadPutDoesNotTakeAGoodOneOfTheSameKeyWithIt() throws Exception {
        hold();
        CompletableFuture<Void> good = async.put("k", "v", TTL);
        CompletableFuture<Void> bad = async.put("k", "nul \0", TTL);
        holder.rollback();

        of(good);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> of(bad));
        assertThat(cache.get("k", String.class)).contains("v");
    }

    @Test
    void loadsOfOneKeyWithDifferentTokensAreJudgedApart() throws Exception {
        CacheRegion region = cache.region("r");
        CacheRegion.Lookup early = region.lookup("k", type -> Integer.class);
        cache.remove("k");
        CacheRegion.Lookup late = region.lookup("k", type -> Integer.class);
        CompletableFuture<?> held = hold();
        region.put(late, 2, Integer.class, TTL);
        region.put(early, 1, Integer.class, TTL);
        holder.rollback();
        of(held);

        assertThat(cache.get("k", Integer.class)).contains(2);
    }

    @Test
    void getsOfOneKeyShareItsResult() throws Exception {
        cache.put("k", 1, TTL);
        hold();
        List<CompletableFuture<Optional<Integer>>> gets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            gets.add(async.get("k", Integer.class));
        }
        CompletableFuture<Map<String, Integer>> all = async.getAll(List.of("x", "k"), Integer.class);
        holder.rollback();

        for (CompletableFuture<Optional<Integer>> get : gets) {
            assertThat(of(get)).contains(1);
        }
        assertThat(of(all)).isEqualTo(Map.of("k", 1));
    }

    @Test
    void ofTwoRemovalsOfAKeyTheFirstHadIt() throws Exception {
        cache.putAll(Map.of("a", 1, "b", 1), TTL);
        hold();
        CompletableFuture<Boolean> first = async.remove("a");
        CompletableFuture<Long> second = async.removeAll(List.of("b", "a", "x"));
        CompletableFuture<Boolean> third = async.remove("b");
        holder.rollback();

        assertThat(of(first)).isTrue();
        assertThat(of(second)).isEqualTo(1);
        assertThat(of(third)).isFalse();
    }

    @Test
    void aGetWhoseConnectionIsLostIsSentAgain() throws Exception {
        lock();
        CompletableFuture<Optional<Integer>> lost = async.get("k", Integer.class);
        String lose = "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                + " where wait_event_type = 'Lock' and datname = current_database() and query like '%psycache%'";
        await().until(() -> database.queryForLong(lose) == 1);
        holder.rollback();

        assertThat(of(lost)).isEmpty();
    }

    private void lock() throws SQLException {
        try (Statement statement = holder.createStatement()) {
            statement.execute("lock table psycache in access exclusive mode");
        }
    }
}
