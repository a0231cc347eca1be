package io.psycache.internal.store.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.maintenance.MaintenanceStore.Walk;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class CleanupTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration RETENTION = Duration.ofMinutes(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofMinutes(5);

    /** Who deletes the first row or the last one waits for the advisory lock of its name. */
    private static final String ENDED_ROWS_ON_MANY_PAGES = """
            insert into psycache (key, value, expires_at)
            select case n when 1 then 'first' when 300 then 'last' else 'k' || n end,
                   to_jsonb(repeat('x', 100)), '-infinity' from generate_series(1, 300) n;
            create function wait_for_its_lock() returns trigger language plpgsql as $$
            begin
              perform pg_advisory_xact_lock_shared(hashtext(old.key));
              return old;
            end $$;
            create trigger held before delete on psycache for each row
              when (old.key in ('first', 'last')) execute function wait_for_its_lock()""";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final PostgresCache cache =
            database.closing(PostgresCache.builder(database.dataSource()).build());
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
    private final Cleanup cleanup = cleanup(1_000);

    private Cleanup cleanup(int pagesPerBatch) {
        return cleanup(pagesPerBatch, TIMEOUT);
    }

    private Cleanup cleanup(int pagesPerBatch, Duration timeout) {
        return new Cleanup(store(timeout), pagesPerBatch, RETENTION);
    }

    private MaintenanceStore store(Duration timeout) {
        return new MaintenanceStore(database.dataSource(), new CacheTables("", "psycache"), timeout);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private void passes(Duration time) {
        database.execute("update psycache_epoch set sampled_at = sampled_at - interval '" + time + "',"
                + " swept_at = swept_at - interval '" + time + "'");
    }

    private void evictInTransaction(String key) {
        transaction.executeWithoutResult(status -> cache.remove(key));
    }

    private long entries() {
        return database.queryForLong("select count(*) from psycache");
    }

    private long logRows() {
        return database.queryForLong("select count(*) from psycache_invalidation");
    }

    private String collected() {
        return database.queryForString("select collected from psycache_epoch");
    }

    @Test
    void leasesThatHaveRunOutAreDeleted() {
        database.execute("insert into psycache_lease values ('dead', gen_random_uuid(), now()),"
                + " ('held', gen_random_uuid(), 'infinity')");
        cleanup.run();
        assertThat(database.queryForString("select string_agg(key, ',') from psycache_lease"))
                .isEqualTo("held");
    }

    @Test
    void emptyTableIsNoWork() {
        assertThat(cleanup.run()).isZero();
        passes(RETENTION);
        assertThat(cleanup.run()).isZero();
        assertThat(collected()).isNotNull();
    }

    @Test
    void logIsCollectedOnlyAfterItsRetention() {
        cache.put("k", 1, TTL);
        evictInTransaction("k");

        assertThat(cleanup.run()).isZero();
        passes(RETENTION.minusMinutes(1));
        assertThat(cleanup.run()).isZero();
        assertThat(entries()).isOne();
        assertThat(logRows()).isOne();
        assertThat(collected()).isNull();

        passes(Duration.ofMinutes(1));
        assertThat(cleanup.run()).isOne();
        assertThat(entries()).isZero();
        assertThat(logRows()).isZero();
        assertThat(collected()).isNotNull();
    }

    @Test
    void everyKindOfInvalidationDeletesItsEntriesAndNoOthers() {
        cache.put("key", 1, TTL);
        cache.withTags("t").put("tag", 1, TTL);
        cache.put("prefix:1", 1, TTL);
        cache.region("r").put("region", 1, Integer.class, TTL);
        cache.withTags("other").put("stays", 1, TTL);
        transaction.executeWithoutResult(status -> {
            cache.remove("key");
            cache.invalidateTags("t");
            cache.removeByPrefix("prefix:");
            cache.region("r").clear();
        });
        cache.put("tag", "new", TTL);

        cleanup.run();
        passes(RETENTION);
        assertThat(cleanup.run()).isEqualTo(3);
        assertThat(database.queryForString("select string_agg(key, ' ' order by key) from psycache"))
                .isEqualTo("stays tag");
        assertThat(logRows()).isZero();
        assertThat(cache.get("tag", String.class)).contains("new");
        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void expiredRowsNeedNoRetention() {
        cache.put("ended", 1, Duration.ofNanos(1));
        cache.put("never ends", 1, null);

        assertThat(cleanup.run()).isOne();
        assertThat(cache.exists("never ends")).isTrue();
    }

    /** Until then the row keeps the older value out. */
    @Test
    void loadBegunBeforeAPutIsRefusedAfterThatPutHasExpiredAndIsDeleted() {
        cache.getOrLoad("k", String.class, () -> {
            cache.put("k", "new", TTL);
            database.execute("update psycache set expires_at = '-infinity'");
            assertThat(cleanup.run()).isOne();
            return "old";
        });

        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void deletedRowThatIsOlderThanWhatWasCollectedIsNotLogged() {
        cache.put("k", 1, TTL);
        database.execute("update psycache set expires_at = '-infinity'");
        database.execute("update psycache_epoch set collected = pg_current_snapshot()");

        assertThat(cleanup.run()).isOne();
        assertThat(logRows()).isZero();
    }

    @Test
    void eachCollectionTakesASampleOfItsOwn() {
        cleanup.run();
        passes(RETENTION);
        evictInTransaction("after the sample");
        cleanup.run();
        assertThat(logRows()).isOne();
        String first = collected();

        passes(RETENTION);
        cleanup.run();
        assertThat(logRows()).isZero();
        assertThat(collected()).isNotEqualTo(first);
    }

    @Test
    void skippedRowStopsTheCollection() throws SQLException {
        cache.putAll(Map.of("held", 1, "free", 2), TTL);
        transaction.executeWithoutResult(status -> cache.flush());
        cleanup.run();
        passes(RETENTION);

        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from psycache where key = 'held' for update");
            assertThat(cleanup.run()).isOne();
            assertThat(logRows()).isOne();
            assertThat(collected()).isNull();
            assertThat(cache.exists("held")).isFalse();
            other.rollback();
        }

        assertThat(cleanup.run()).isOne();
        assertThat(logRows()).isZero();
        assertThat(collected()).isNotNull();
        assertThat(entries()).isZero();
    }

    @Test
    void logRowOfATransactionThatWasOpenWhenTheSampleWasTakenSurvives() throws SQLException {
        cache.put("k", 1, TTL);
        try (Connection writer = database.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into psycache_invalidation (tag) values ('k:k')");
            cleanup.run();
            passes(RETENTION);
            writer.commit();
        }
        evictInTransaction("younger");

        assertThat(cleanup.run()).isZero();
        assertThat(collected()).isNotNull();
        assertThat(logRows()).isEqualTo(2);
        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void openWriterDoesNotKeepTheRestOfTheLog() throws SQLException {
        try (Connection writer = database.dataSource().getConnection();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("insert into psycache_invalidation (tag) values ('t:open')");
            evictInTransaction("k");
            evictInTransaction("l");
            cleanup.run();
            passes(RETENTION);
            cleanup.run();
            assertThat(logRows()).isZero();
            writer.commit();
        }
        assertThat(logRows()).isOne();
    }

    @Test
    void loadBegunBeforeTheSampleIsRefusedAfterTheCollection() {
        String loaded = cache.getOrLoad("k", String.class, () -> {
            evictInTransaction("other");
            cleanup.run();
            passes(RETENTION);
            cleanup.run();
            return "old";
        });

        assertThat(loaded).isEqualTo("old");
        assertThat(collected()).isNotNull();
        assertThat(cache.exists("k")).isFalse();
    }

    /** Without {@code collected} nothing in the log could refuse it any more. */
    @Test
    void loadWhoseInvalidationWasCollectedIsRefused() {
        cache.getOrLoad("k", String.class, () -> {
            evictInTransaction("k");
            cleanup.run();
            passes(RETENTION);
            cleanup.run();
            assertThat(logRows()).isZero();
            return "old";
        });

        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void loadBegunAfterTheSampleIsStoredAfterTheCollection() {
        cleanup.run();
        passes(RETENTION);
        evictInTransaction("moves the ids on");

        cache.getOrLoad("k", String.class, () -> {
            cleanup.run();
            return "new";
        });

        assertThat(collected()).isNotNull();
        assertThat(cache.get("k", String.class)).contains("new");
    }

    @Test
    void changedEpochStopsTheCollection() {
        evictInTransaction("k");
        cleanup.run();
        passes(RETENTION);
        String before = database.queryForString("select epoch from psycache_epoch");
        database.execute("delete from psycache_epoch");
        assertThat(cache.exists("k")).isFalse();
        assertThat(cache.get("k", String.class)).isEmpty(); // begins the new epoch
        evictInTransaction("l");

        cleanup.run();

        assertThat(database.queryForString("select epoch from psycache_epoch"))
                .isNotNull()
                .isNotEqualTo(before);
        assertThat(collected()).isNull();
        assertThat(logRows()).isOne();
        passes(RETENTION);
        cleanup.run();
        passes(RETENTION);
        cleanup.run();
        assertThat(collected()).isNotNull();
        assertThat(logRows()).isZero();
    }

    @Test
    void withoutAnEpochTheNextOneBegins() {
        cache.put("from before", 1, TTL);
        evictInTransaction("from before");
        database.execute("delete from psycache_epoch");

        assertThat(cleanup.run()).isZero();

        assertThat(database.queryForLong("select count(*) from psycache_epoch")).isOne();
        assertThat(entries()).isZero();
        assertThat(logRows()).isZero();
    }

    @Test
    void whatOneNodeSampledAnotherOneCollects() {
        evictInTransaction("k");
        cleanup.run();
        passes(RETENTION);

        cleanup(1_000).run();

        assertThat(logRows()).isZero();
    }

    @Test
    void walkWhoseSampleAnotherNodeHasCollectedCollectsNothing() {
        MaintenanceStore store = store(TIMEOUT);
        store.begin(RETENTION, Duration.ZERO);
        passes(RETENTION);
        Walk slow = store.begin(RETENTION, Duration.ZERO).orElseThrow();
        cleanup.run();
        evictInTransaction("k");
        passes(RETENTION);
        cleanup.run();
        String later = collected();
        evictInTransaction("l");

        store.end(slow, true);

        assertThat(collected()).isEqualTo(later);
        assertThat(logRows()).isEqualTo(2);
    }

    /** Where the clock of the database was set back, it would be too young for as long. */
    @Test
    void sampleOfTheFutureIsTakenAgain() {
        cleanup.run();
        passes(Duration.ofDays(-1));
        evictInTransaction("k");

        cleanup.run();
        passes(RETENTION);
        cleanup.run();

        assertThat(logRows()).isZero();
    }

    @Test
    void oneNodeOfAllWalksInAnInterval() {
        Cleanup other = cleanup(1_000);
        cache.put("a", 1, Duration.ofNanos(1));
        assertThat(cleanup.run(INTERVAL)).isOne();
        cache.put("b", 1, Duration.ofNanos(1));

        passes(Duration.ofMinutes(4));
        assertThat(other.run(INTERVAL)).isZero();
        assertThat(entries()).isOne();

        passes(Duration.ofMinutes(1).minusMillis(500)); // its timer is not the database's clock
        assertThat(cleanup.run(INTERVAL)).isOne();
        assertThat(other.run(INTERVAL)).isZero();
    }

    @Test
    void walkAskedForDoesNotMindWhoWalkedBefore() {
        cleanup.run(INTERVAL);
        cache.put("a", 1, Duration.ofNanos(1));

        assertThat(cleanup.run()).isOne();
    }

    @Test
    void nodeThatMeetsAnotherOneSweepingLeavesItTheWork() throws SQLException {
        cache.put("ended", 1, Duration.ofNanos(1));
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "select pg_advisory_xact_lock(hashtext('psycache sweep'), 'psycache'::regclass::oid::int)");
            assertThat(cleanup.run(INTERVAL)).isZero();
            assertThat(store(TIMEOUT).collect(0, 1)).isEmpty();
            other.rollback();
        }
        assertThat(cleanup.run(INTERVAL)).as("its walk did not count").isOne();
    }

    @Test
    void batchThatHangsIsEndedByTheServer() throws SQLException {
        cache.put("ended", 1, Duration.ofNanos(1));
        Cleanup impatient = cleanup(1_000, Duration.ofMillis(100));
        try (Connection other = database.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table psycache in exclusive mode");
            assertThatExceptionOfType(DataAccessException.class)
                    .isThrownBy(impatient::run)
                    .havingRootCause()
                    .withMessageContaining("statement timeout");
            other.rollback();
        }
        assertThat(impatient.run()).isOne();
    }

    /** A session that neither ends nor reads: the log is collected, but for what it may not see. */
    @Test
    void transactionsOpenForAnHourDoNotStopTheCollection() throws SQLException {
        cache.put("k", 1, TTL);
        try (Connection reader = database.dataSource().getConnection();
                Connection writer = database.dataSource().getConnection()) {
            open(reader, "set transaction isolation level repeatable read; select count(*) from psycache");
            open(writer, "insert into psycache_invalidation (tag) values ('t:open')");
            for (int minute = 0; minute < 60; minute += 5) {
                evictInTransaction("k");
                cache.put("k", minute, TTL);
                cleanup.run(INTERVAL);
                assertThat(logRows()).isLessThanOrEqualTo(minute == 0 ? 2 : 4);
                passes(INTERVAL);
            }
            assertThat(cache.get("k", Integer.class)).contains(55);
            writer.commit();
            reader.rollback();
        }
        cleanup.run();
        passes(INTERVAL);
        cleanup.run();
        assertThat(logRows()).isZero();
    }

    private static void open(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(false);
        connection.createStatement().execute(sql);
    }

    @Test
    void logStaysBoundedInAStormOfEvictions() {
        long most = 0;
        for (int round = 0; round < 10; round++) {
            database.execute(
                    "insert into psycache_invalidation (tag) select 'k:' || n from generate_series(1, 5000) n");
            cleanup.run();
            passes(RETENTION);
            most = Math.max(most, logRows());
            database.execute("vacuum psycache_invalidation"); // as autovacuum does
        }

        assertThat(most).isLessThanOrEqualTo(10_000);
        assertThat(database.queryForLong("select pg_total_relation_size('psycache_invalidation')"))
                .isLessThan(3 * 1024 * 1024);
    }

    @Test
    void putWaitsForOneBatchAtMost() throws Exception {
        database.execute(ENDED_ROWS_ON_MANY_PAGES);
        try (PostgresCache patient = PostgresCache.builder(database.dataSource())
                        .timeout(Duration.ofMinutes(1))
                        .build();
                Connection first = database.dataSource().getConnection();
                Connection last = database.dataSource().getConnection()) {
            open(first, "select pg_advisory_xact_lock(hashtext('first'))");
            open(last, "select pg_advisory_xact_lock(hashtext('last'))");
            Future<Long> walk = threads.submit(() -> cleanup(1).run());
            await().until(() -> waiting() == 1);

            patient.put("k150", "of a later batch", TTL);
            Future<?> put = threads.submit(() -> patient.put("first", "of this batch", TTL));
            await().until(() -> waiting() == 2);
            first.rollback();
            put.get();

            await().until(() -> waiting() == 1);
            assertThat(walk.isDone()).isFalse();
            last.rollback();
            assertThat(walk.get()).isEqualTo(299);
        }
        assertThat(cache.getAll(List.of("first", "k150"), String.class)).hasSize(2);
    }

    private long waiting() {
        return database.queryForLong(
                "select count(*) from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0");
    }

    @Test
    void moreEntriesThanOneBatchOfPagesAreAllDeleted() {
        Map<String, String> entries = new LinkedHashMap<>();
        for (int i = 0; i < 300; i++) {
            entries.put("k" + i, "x".repeat(50) + i);
        }
        cache.putAll(entries, TTL);
        cache.put("stays", 1, null);
        assertThat(database.queryForLong("select pg_relation_size('psycache') / 8192"))
                .isGreaterThan(3);
        database.execute("update psycache set expires_at = statement_timestamp() where right(key, 1) in ('0', '1')");
        transaction.executeWithoutResult(status -> cache.removeByPrefix("k"));
        Cleanup small = cleanup(1);

        assertThat(small.run()).isEqualTo(60);
        passes(RETENTION);
        assertThat(small.run()).isEqualTo(240);
        assertThat(logRows()).isZero();
        assertThat(cache.exists("stays")).isTrue();
    }

    @Test
    void rowPutAgainAfterItsEvictionIsKept() {
        cache.put("k", 1, TTL);
        evictInTransaction("k");
        cache.put("k", 2, TTL);

        cleanup.run();
        passes(RETENTION);
        assertThat(cleanup.run()).isZero();
        assertThat(logRows()).isZero();
        assertThat(cache.get("k", Integer.class)).contains(2);
    }
}
