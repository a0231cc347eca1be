package io.psycache.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.store.CacheTables;
import io.psycache.store.MaintenanceStore;
import io.psycache.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

class CleanupTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final Duration RETENTION = Duration.ofMinutes(5);

    private final TestDatabase database = TestDatabase.create();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1); // nanoTime may overflow
    private PostgresCache cache;
    private TransactionTemplate transaction;
    private Cleanup cleanup;

    @BeforeEach
    void createTables() {
        PsycacheSchema.create(database.dataSource());
        cache = PostgresCache.builder(database.dataSource()).build();
        transaction = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        cleanup = cleanup(1_000);
    }

    private Cleanup cleanup(int pagesPerBatch) {
        MaintenanceStore store = new MaintenanceStore(database.dataSource(), new CacheTables("", "psycache"));
        return new Cleanup(store, pagesPerBatch, RETENTION, now::get);
    }

    @AfterEach
    void close() {
        cache.close();
        database.close();
    }

    private void passes(Duration time) {
        now.addAndGet(time.toNanos());
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
        passes(RETENTION.minusNanos(1));
        assertThat(cleanup.run()).isZero();
        assertThat(entries()).isOne();
        assertThat(logRows()).isOne();
        assertThat(collected()).isNull();

        passes(Duration.ofNanos(1));
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

    @Test
    void eachCollectionTakesASampleOfItsOwn() {
        cleanup.run();
        passes(RETENTION);
        evictInTransaction("after the sample");
        cleanup.run();
        assertThat(logRows()).isOne();
        String first = collected();

        cleanup.run(); // takes the next sample
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
    void laterSampleOfAnotherNodeWins() {
        Cleanup other = cleanup(1_000);
        cleanup.run();
        evictInTransaction("k");
        other.run();
        passes(RETENTION);
        other.run();
        String later = collected();
        evictInTransaction("l");

        cleanup.run();

        assertThat(collected()).isEqualTo(later);
        assertThat(logRows()).isOne();
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
