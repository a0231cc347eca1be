package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions of a database that is not the cache's: nothing is atomic, but nothing stays stale. */
class OtherDatabaseTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase own = TestDatabase.create(PsycacheSchema::create);

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create();

    private final JdbcTemplate jdbc = new JdbcTemplate(other.dataSource());
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(other.dataSource()));
    private final PostgresCache cache = own.closing(PostgresCache.builder(own.dataSource())
            .timeout(Duration.ofSeconds(5))
            .build());

    @BeforeEach
    void open() {
        other.execute("create table data as select 'old' as v");
    }

    private PostgresCache tagged() {
        return cache.withTags("t");
    }

    private String data() {
        return jdbc.queryForObject("select v from data", String.class);
    }

    private String load() {
        return tagged().getOrLoad("key", String.class, TTL, this::data);
    }

    /** A reader between the eviction and the commit, which puts the old value back. */
    private void readerPutsBack() {
        assertThat(CompletableFuture.supplyAsync(this::load).join()).isEqualTo("old");
        assertThat(CompletableFuture.supplyAsync(() -> cache.exists("key")).join())
                .isTrue();
    }

    static Stream<Consumer<PostgresCache>> evictions() {
        return Stream.of(
                cache -> cache.remove("key"),
                cache -> cache.removeAll(List.of("key", "another")),
                cache -> cache.invalidateTags("t"),
                cache -> cache.removeByPrefix("k"),
                PostgresCache::flush,
                cache -> cache.region("r").evict("key"));
    }

    @ParameterizedTest
    @MethodSource("evictions")
    void whatAReaderPutsBackBeforeTheCommitEndsAfterIt(Consumer<PostgresCache> eviction) {
        load();
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            eviction.accept(cache);
            assertThat(cache.exists("key")).as("at once").isFalse();
            readerPutsBack();
        });

        await().until(() -> !cache.exists("key"));
        assertThat(load()).isEqualTo("new");
    }

    @Test
    void aLoadThatBeganBeforeTheCommitIsNotStoredAfterIt() {
        CacheRegion.Lookup[] miss = new CacheRegion.Lookup[1];
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            cache.remove("key");
            miss[0] = CompletableFuture.supplyAsync(() -> region.lookup("key", type -> String.class))
                    .join();
        });
        await().until(() -> own.queryForLong("select count(*) from psycache_invalidation") == 2);

        region.put(miss[0], "old", String.class, TTL);
        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void aRollbackRepeatsNothing() {
        transaction.executeWithoutResult(status -> {
            cache.remove("key");
            readerPutsBack();
            status.setRollbackOnly();
        });
        cache.close(); // when what was to come has been done

        assertThat(cache.exists("key")).isTrue();
    }

    @Test
    void whatIsLoadedIsStoredAfterTheCommit() {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            assertThat(load()).isEqualTo("new");
            assertThat(cache.exists("key")).as("before the commit").isFalse();
        });

        await().until(() -> cache.get("key", String.class).equals(Optional.of("new")));
    }

    @Test
    void whatIsLoadedAndRolledBackIsNotStored() {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            load();
            cache.putIfAbsent("absent", "new", TTL);
            status.setRollbackOnly();
        });
        cache.close();

        assertThat(cache.getAll(List.of("key", "absent"), String.class)).isEmpty();
    }

    @Test
    void whatIsLoadedUnderAnOlderSnapshotIsNotStored() {
        transaction.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
        transaction.executeWithoutResult(status -> {
            data(); // its snapshot
            CompletableFuture.runAsync(() -> {
                        other.execute("update data set v = 'new'");
                        cache.remove("key");
                    })
                    .join();
            assertThat(load()).isEqualTo("old");
        });
        cache.close();

        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void whatIsPutIsStoredAfterTheCommitOverWhatAReaderPutBack() {
        load();
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            tagged().putAll(Map.of("key", "new", "another", "new"), TTL);
            assertThat(cache.exists("key")).as("at once").isFalse();
            readerPutsBack();
        });

        await().untilAsserted(() -> assertThat(cache.getAll(List.of("key", "another"), String.class))
                .isEqualTo(Map.of("key", "new", "another", "new")));
    }

    @Test
    void whatIsPutAndRolledBackIsNotStored() {
        transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            tagged().put("key", "new", TTL);
            status.setRollbackOnly();
        });
        cache.close();

        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void whatIsPutAndEvictedLaterIsNotStored() {
        transaction.executeWithoutResult(status -> {
            tagged().put("key", "new", TTL);
            cache.invalidateTags("t");
        });
        cache.close();

        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void whatWasMadeIsStoredAfterTheCommit() {
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            CacheRegion.Beginning beginning = region.begin();
            jdbc.update("update data set v = 'new'");
            assertThat(region.put(beginning, "key", "new", String.class, TTL)).isTrue();
            readerPutsBack();
        });

        await().until(() -> cache.get("key", String.class).equals(Optional.of("new")));
    }

    @Test
    void whatWasMadeBeforeAnotherInvalidationIsNotStored() {
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            CacheRegion.Beginning beginning = region.begin();
            CompletableFuture.runAsync(() -> cache.remove("key")).join();
            assertThat(region.put(beginning, "key", "made before", String.class, TTL))
                    .isFalse();
        });
        cache.close();

        assertThat(cache.exists("key")).isFalse();
    }

    @Test
    void whatWasMadeAndAnotherInvalidatedBeforeTheCommitIsNotStored() {
        CacheRegion region = cache.region("r");
        transaction.executeWithoutResult(status -> {
            region.put(region.begin(), "key", "made before", String.class, TTL);
            CompletableFuture.runAsync(() -> cache.remove("key")).join();
        });
        cache.close();

        assertThat(cache.exists("key")).isFalse();
    }
}
