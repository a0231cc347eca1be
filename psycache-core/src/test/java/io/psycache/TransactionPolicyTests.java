package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.TransactionPolicy.Get;
import io.psycache.TransactionPolicy.Put;
import io.psycache.testkit.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What the cache does within a transaction by choice. */
class TransactionPolicyTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    private static TestDatabase database;
    private static TransactionTemplate transaction;
    private static JdbcTemplate jdbc;

    private final PostgresCache joining = cache(TransactionPolicy.defaults());
    private final PostgresCache bypassing = cache(TransactionPolicy.defaults().get(Get.BYPASS));
    private final PostgresCache skipping = cache(TransactionPolicy.defaults().put(Put.SKIP));

    @BeforeAll
    static void open() {
        database = TestDatabase.create();
        PsycacheSchema.create(database.dataSource());
        transaction = new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        jdbc = new JdbcTemplate(database.dataSource());
    }

    @AfterAll
    static void close() {
        database.close();
    }

    private static PostgresCache cache(TransactionPolicy policy) {
        return PostgresCache.builder(database.dataSource()).transactions(policy).build();
    }

    @AfterEach
    void closeCaches() {
        List.of(joining, bypassing, skipping).forEach(PostgresCache::close);
        database.execute("truncate psycache, psycache_invalidation");
    }

    @Test
    void bypassedGetsAreMissesAndSendNothing() {
        bypassing.put("k", 1, TTL);
        transaction.executeWithoutResult(status -> {
            assertThat(bypassing.get("k", Integer.class)).isEmpty();
            assertThat(bypassing.exists("k")).isFalse();
            assertThat(jdbc.queryForObject(
                            "select count(*) from pg_locks where pid = pg_backend_pid()"
                                    + " and relation = 'psycache'::regclass",
                            Integer.class))
                    .as("locks on the table")
                    .isZero();
        });
        assertThat(bypassing.get("k", Integer.class)).as("after it").contains(1);
    }

    @Test
    void whatIsLoadedAfterABypassedGetIsNotStored() {
        transaction.executeWithoutResult(status -> assertThat(bypassing.getOrLoad("k", Integer.class, TTL, () -> 1))
                .isEqualTo(1));
        bypassing.close(); // when what was queued has been put

        assertThat(joining.exists("k")).isFalse();
    }

    @Test
    void evictionsAndPutsOfACacheThatBypassesAreAsEver() {
        bypassing.put("k", 1, TTL);
        transaction.executeWithoutResult(status -> {
            assertThat(bypassing.remove("k")).as("nobody looked").isFalse();
            bypassing.put("l", 2, TTL);
        });

        assertThat(joining.exists("k")).isFalse();
        await().until(() -> joining.exists("l"));
    }

    @Test
    void skippedPutsAreNotStoredAndEndTheOldEntry() {
        CacheRegion region = skipping.region("r");
        skipping.put("k", "old", TTL);
        skipping.put("m", "old", TTL);
        transaction.executeWithoutResult(status -> {
            skipping.put("k", "new", TTL);
            assertThat(region.put(region.begin(), "m", "new", String.class, TTL))
                    .isFalse();
            assertThat(skipping.getOrLoad("l", String.class, TTL, () -> "loaded"))
                    .isEqualTo("loaded");
            assertThat(skipping.putIfAbsent("n", "new", TTL)).isFalse();
        });
        skipping.close();

        assertThat(joining.getAll(List.of("k", "l", "m", "n"), String.class)).isEmpty();
    }

    @Test
    void skippedPutsThatAreRolledBackEndNothing() {
        skipping.put("k", "old", TTL);
        transaction.executeWithoutResult(status -> {
            skipping.put("k", "new", TTL);
            status.setRollbackOnly();
        });

        assertThat(joining.get("k", String.class)).contains("old");
    }

    @Test
    void outsideATransactionPutsAreNotSkippedNorGetsBypassed() {
        skipping.put("k", 1, TTL);
        assertThat(bypassing.get("k", Integer.class)).contains(1);
        assertThat(skipping.getOrLoad("l", Integer.class, TTL, () -> 2)).isEqualTo(2);
        assertThat(joining.exists("l")).isTrue();
    }

    @Test
    void aRegionCanHaveAPolicyOfItsOwn() {
        CacheRegion region = joining.region("r")
                .withTransactions(TransactionPolicy.defaults().get(Get.BYPASS));
        region.put("k", 1, Integer.class, TTL);
        transaction.executeWithoutResult(status -> {
            assertThat(region.lookup("k", type -> Integer.class).isHit()).isFalse();
            assertThat(joining.get("k", Integer.class)).contains(1);
        });
    }

    @Test
    void nothingOfAPolicyIsNull() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TransactionPolicy.defaults().put(null))
                .withMessageContaining("put");
    }
}
