package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheSettings.Partition;
import io.psycache.PsycacheSchemaException.Reason;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.instrumentation.NearStatistics;
import io.psycache.instrumentation.TableContents.CacheContents;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What operators are told. */
@SuppressWarnings("try") // connections that are taken and not used
class CacheInspectionTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    /** Far less than what hangs would hang, and more than a busy machine needs. */
    private static final Duration SOON = Duration.ofSeconds(15);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final HikariDataSource pool = database.newPool(3, true);
    private PostgresCache cache;
    private CacheInspection inspection;

    @BeforeEach
    void open() {
        pool.setConnectionTimeout(120_000);
        cache = database.closing(
                PostgresCache.builder(pool).timeout(Duration.ofMillis(400)).build());
        inspection = cache.inspection();
    }

    /** A machine that is too busy for the timeout is tried again. */
    private void passes() {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(QueryTimeoutException.class)
                .untilAsserted(() -> assertThatCode(inspection::check).doesNotThrowAnyException());
    }

    private void fails(Reason reason, String... words) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(QueryTimeoutException.class)
                .untilAsserted(() -> assertThatExceptionOfType(PsycacheSchemaException.class)
                        .isThrownBy(inspection::check)
                        .satisfies(e -> assertThat(e.getReason()).isEqualTo(reason))
                        .satisfies(e -> assertThat(e.getMessage()).contains(words)));
    }

    @Test
    void tablesAsTheyShouldBePassTheCheckAndStayAsTheyAre() {
        cache.put("k", 1, TTL);
        passes();
        assertThat(cache.get("k", Integer.class)).contains(1);
        assertThat(database.queryForString("select sampled_at from psycache_epoch"))
                .isNull();
    }

    @Test
    void copiesHitsAndLooksAreCounted() {
        assertThat(inspection.near().lookAge()).isNull();
        PostgresCache other =
                database.closing(PostgresCache.builder(database.unpooled()).build());
        cache.withTags("t").put("k", "value", TTL);
        cache.get("k", String.class);
        cache.get("k", String.class); // it looks before it copies, as nothing is known of the log
        NearStatistics first = inspection.near();
        assertThat(first.looks()).isEqualTo(1);
        assertThat(first.floors()).isEqualTo(1);
        assertThat(first.hits()).isZero();
        assertThat(first.copies()).isEqualTo(1);
        assertThat(first.bytes()).isBetween(400L, 1_000L);
        assertThat(first.lookAge()).isBetween(Duration.ZERO, SOON);
        assertThat(first.maximumSize()).isEqualTo(Runtime.getRuntime().maxMemory() / 20);

        cache.get("k", String.class);
        cache.getAll(List.of("k", "absent"), String.class);
        other.invalidateTags("t");
        cache.get("k", String.class);
        NearStatistics then = inspection.near();
        assertThat(then.hits()).isEqualTo(2);
        assertThat(then.lookCallers()).isEqualTo(4);
        assertThat(then.looks()).isBetween(1L, 5L);
        assertThat(then.lookRows()).isEqualTo(1);
        assertThat(then.floors()).isEqualTo(1);
        assertThat(then.copies()).isZero();
    }

    @Test
    void aLookThatBeginsAnewIsCountedAmongTheFloors() {
        cache.put("k", "value", TTL);
        cache.get("k", String.class);
        cache.get("k", String.class);
        database.execute("truncate psycache, psycache_invalidation, psycache_epoch");
        cache.get("k", String.class);
        assertThat(inspection.near().floors()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"0, AUTO", "1000000, THREAD"})
    void withoutCopiesNothingIsCounted(long maximumSize, Partition partition) {
        PostgresCache without = database.closing(PostgresCache.builder(pool)
                .nearMaximumSize(maximumSize)
                .partition(partition)
                .build());
        without.put("k", "value", TTL);
        without.get("k", String.class);
        without.get("k", String.class);
        assertThat(without.inspection().near()).isEqualTo(new NearStatistics(0, 0, 0, 0, 0, 0, null, 0, 0));
    }

    @Test
    void aTableThatIsGoneFailsTheCheckUntilItIsBack() {
        for (String table : new String[] {"psycache", "psycache_invalidation", "psycache_epoch"}) {
            database.execute("drop table " + table);
            fails(Reason.MISSING, "Missing in schema", "table \"" + table + "\"");
            PsycacheSchema.create(database.dataSource());
            passes();
        }
    }

    @Test
    void aTableOfAnotherShapeFailsTheCheck() {
        database.execute("alter table psycache alter value type text");
        fails(Reason.CONFLICT, "column 'value' of table 'psycache' is text, not jsonb");
        database.execute("alter table psycache alter value type jsonb using value::jsonb, drop column snapshot");
        fails(Reason.MISSING, "column snapshot");
    }

    @Test
    void anIndexThatIsGoneFailsTheCheck() {
        database.execute("drop index psycache_tag_xid");
        fails(Reason.MISSING, "index \"psycache_tag_xid\"");
    }

    @Test
    void aRoleThatMayNotUseTheTablesFailsTheCheck() throws SQLException {
        String role = database.schema() + "_poor";
        database.execute("create role " + role + "; grant usage on schema " + database.schema() + " to " + role);
        try (Connection connection = database.newPool(1, true).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set role " + role);
            PostgresCache poor = PostgresCache.builder(new SingleConnectionDataSource(connection, true))
                    .build();
            assertThatExceptionOfType(PsycacheSchemaException.class)
                    .isThrownBy(poor.inspection()::check)
                    .satisfies(e -> assertThat(e.getReason()).isEqualTo(Reason.NOT_PERMITTED))
                    .withMessageContaining("grant select, insert, update, delete on");
            statement.execute("reset role");
        } finally {
            database.execute("drop owned by " + role + "; drop role " + role);
        }
    }

    @Test
    void aServerThatIsNotThereFailsTheCheck() {
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/none");
        try (PostgresCache unreachable = PostgresCache.builder(nowhere).build()) {
            assertThatExceptionOfType(DataAccessResourceFailureException.class)
                    .isThrownBy(unreachable.inspection()::check)
                    .withMessageContaining("check the tables of the cache");
        }
    }

    @Test
    void aLockedTableIsNotWaitedFor() throws SQLException {
        passes();
        try (Connection locker = database.dataSource().getConnection();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("lock table psycache_epoch in access exclusive mode");
            failsInTime();
            locker.rollback();
        }
        passes();
    }

    @Test
    void anEmptyPoolIsNotWaitedFor() throws SQLException {
        passes();
        try (Connection one = pool.getConnection();
                Connection two = pool.getConnection();
                Connection three = pool.getConnection()) {
            failsInTime();
        }
        passes();
    }

    private void failsInTime() {
        long begin = System.nanoTime();
        assertThatExceptionOfType(QueryTimeoutException.class)
                .isThrownBy(inspection::check)
                .withMessageContaining("psycache.timeout (400 ms)");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(SOON);
    }

    @Test
    void contentsCountWhatHasExpiredToo() {
        CacheRegion users = cache.region("users");
        users.put("a", "v", String.class, TTL);
        users.put("b", "v", String.class, Duration.ofNanos(1));
        cache.put("c", "v", null);
        cache.invalidateTags("t");

        long bytes = database.queryForLong("select pg_column_size(value) from psycache where key = 'a'");
        assertThat(inspection.contents().caches())
                .containsExactly(new CacheContents("", 1, 0, bytes), new CacheContents("users", 2, 1, 2 * bytes));
        assertThat(inspection.contents().logEntries()).isEqualTo(1);
    }

    @Test
    void theLastCleanupIsThatOfAnyNode() {
        assertThat(inspection.lastCleanup()).isEmpty();
        try (PostgresCache other = PostgresCache.builder(database.dataSource()).build()) {
            other.cleanupExpired();
        }
        assertThat(inspection.lastCleanup())
                .hasValueSatisfying(end -> assertThat(end)
                        .isBetween(
                                Instant.now().minusSeconds(600), Instant.now().plusSeconds(600)));
    }

    @Test
    void keysAreThoseOfTheCacheThatHaveNotExpired() {
        CacheRegion users = cache.region("users");
        users.put("a", "v", String.class, TTL);
        users.put("b", "v", String.class, null);
        users.put("ended", "v", String.class, Duration.ofNanos(1));
        cache.region("orders").put("o", "v", String.class, TTL);

        assertThat(inspection.keys("users", 10)).containsExactlyInAnyOrder("a", "b");
        assertThat(inspection.keys("users", 1)).hasSize(1);
        assertThat(inspection.keys("none", 10)).isEmpty();
    }

    @Test
    void keysAreHashedWhereKeysAre() {
        cache.region("users").put("a", "v", String.class, TTL);
        try (PostgresCache hashing = PostgresCache.builder(pool).hashKeys(true).build()) {
            assertThat(hashing.inspection().keys("users", 10)).containsExactly(KeyHashingInstrumentation.hash("a"));
        }
    }

    @Test
    void settingsAreThoseItWasBuiltWith() {
        assertThat(inspection.settings())
                .isEqualTo(new CacheSettings(
                        "",
                        "psycache",
                        Duration.ofHours(1),
                        2,
                        100,
                        Duration.ofMillis(400),
                        Duration.ofMinutes(5),
                        1_000,
                        Partition.AUTO,
                        cache.inspection().settings().nearMaximumSize(),
                        cache.inspection().settings().options(),
                        false));
    }
}
