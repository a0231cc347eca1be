package io.psycache.internal.store.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.maintenance.ContentsStore.CacheRows;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ContentsStoreTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ContentsStore store =
            new ContentsStore(database.dataSource(), new CacheTables("", "psycache"), Duration.ofSeconds(5));

    @Test
    void emptyTablesHoldNothing() {
        assertThat(store.entries()).isEmpty();
        assertThat(store.invalidations()).isZero();
    }

    @Test
    void theLastCleanupIsThatOfAnyNode() {
        assertThat(store.lastCleanup()).isEmpty();
        try (PostgresCache other = PostgresCache.builder(database.dataSource()).build()) {
            other.cleanupExpired();
            assertThat(other.inspection().lastCleanup())
                    .isEqualTo(store.lastCleanup())
                    .isPresent();
        }
    }

    @Test
    void largeTablesAreEstimated() {
        database.execute("""
                insert into psycache (key, value, expires_at, tags)
                select i::text, to_jsonb(repeat('v', 200)), 'infinity', array['t:x', 'c:' || case when i % 4 = 0 then 'a' else 'b' end]
                  from generate_series(1, 60000) i;
                insert into psycache_invalidation (tag) select i::text from generate_series(1, 250000) i""");
        assertThat(pagesOf("psycache")).isGreaterThan(2_000);
        assertThat(pagesOf("psycache_invalidation")).isGreaterThan(1_200);

        List<CacheRows> caches = store.entries();
        assertThat(caches).extracting(CacheRows::name).containsExactly("a", "b");
        assertThat(caches.get(0).rows()).isCloseTo(15_000L, withPercentage(25));
        assertThat(caches.get(1).rows()).isCloseTo(45_000L, withPercentage(25));
        assertThat(caches.get(1).bytes()).isCloseTo(45_000L * sizeOfOne(), withPercentage(25));
        assertThat(store.invalidations()).isCloseTo(250_000L, withPercentage(25));
    }

    private long sizeOfOne() {
        return database.queryForLong("select pg_column_size(value) from psycache limit 1");
    }

    private long pagesOf(String table) {
        return database.queryForLong("select pg_relation_size('" + table + "') / 8192");
    }
}
