package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All batches lock rows in the order of the keys' bytes, whatever the collation: in different orders they would deadlock. */
class BatchOrderTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String FIRST = "\uffff"; // UTF-16 would have it after the emoji
    private static final String SECOND = "😀";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .timeout(Duration.ofSeconds(20))
            .build());

    @ParameterizedTest
    @ValueSource(strings = {"\"C\"", "\"und-x-icu\""})
    void batchThatWaitsForTheFirstKeyHoldsNoneAfterIt(String collation) throws Exception {
        database.execute("alter table psycache alter column key type text collate " + collation);
        for (Runnable batch : List.<Runnable>of(
                () -> cache.putAll(Map.of(FIRST, 1, SECOND, 2), TTL), () -> cache.removeAll(List.of(SECOND, FIRST)))) {
            cache.put(FIRST, 0, TTL);
            cache.put(SECOND, 0, TTL);
            assertHoldsNothingAfterFirst(batch);
        }
    }

    private void assertHoldsNothingAfterFirst(Runnable batch) throws Exception {
        CompletableFuture<Void> running;
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from psycache where key = '" + FIRST + "' for update");
            running = CompletableFuture.runAsync(batch);
            await().until(() -> isWaitedFor(other));
            assertThat(running).isNotDone();
            statement.execute("select from psycache where key = '" + SECOND + "' for update nowait");
            other.rollback();
        }
        running.get(10, TimeUnit.SECONDS);
    }

    private boolean isWaitedFor(Connection other) throws SQLException {
        int pid = other.unwrap(org.postgresql.PGConnection.class).getBackendPID();
        return database.queryForLong(
                        "select count(*) from pg_stat_activity where " + pid + " = any (pg_blocking_pids(pid))")
                > 0;
    }
}
