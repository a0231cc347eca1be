package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A load that began before an invalidation is not stored after it, however the invalidation is told. */
class InvalidationTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private static final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    /** Without copies: a test takes the log away and puts it back with the ids that it had, which no follower would see. */
    private static final PostgresCache cache = database.closing(
            PostgresCache.builder(database.dataSource()).nearMaximumSize(0).build());

    static Stream<Arguments> invalidations() {
        return Stream.of(
                invalidation("remove", PostgresCache::remove),
                invalidation("removeAll", (cache, key) -> cache.removeAll(List.of("other", key))),
                invalidation("removeByPrefix", (cache, key) -> cache.removeByPrefix(key.substring(0, 3))),
                invalidation("flush", (cache, key) -> cache.flush()),
                invalidation("invalidateTags", (cache, key) -> cache.invalidateTags("tag")),
                invalidation(
                        "clear of the region", (cache, key) -> cache.region("r").clear()),
                invalidation(
                        "evict in the region", (cache, key) -> cache.region("r").evict(key)));
    }

    private interface Invalidation {
        void of(PostgresCache cache, String key);
    }

    private static Arguments invalidation(String name, Invalidation invalidation) {
        return Arguments.of(name, (Consumer<String>) key -> invalidation.of(cache, key));
    }

    private static CacheRegion region() {
        return cache.region("r").withTags("tag");
    }

    private static CacheRegion.Lookup lookup() {
        return region().lookup("key", stored -> String.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidations")
    void loadInFlightIsNotStored(String name, Consumer<String> invalidate) {
        CacheRegion.Lookup miss = lookup();
        invalidate.accept("key");
        region().put(miss, "old", String.class, TTL);

        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
        assertThat(lookup().isHit()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidations")
    void putThatDidNotSeeTheInvalidationIsNoHit(String name, Consumer<String> invalidate) {
        CacheRegion.Lookup miss = lookup();
        invalidate.accept("key");
        database.execute("create table log_hidden as select * from psycache_invalidation");
        database.execute("truncate psycache_invalidation"); // as if it had not been committed yet
        region().put(miss, "old", String.class, TTL);
        assertThat(lookup().isHit()).as("without the log").isTrue();

        database.execute("insert into psycache_invalidation overriding system value select * from log_hidden;"
                + " drop table log_hidden");

        assertThat(lookup().isHit()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("invalidations")
    void loadBegunAfterwardsIsStored(String name, Consumer<String> invalidate) {
        region().put(lookup(), "old", String.class, TTL);
        invalidate.accept("key");
        CacheRegion.Lookup miss = lookup();
        region().put(miss, "new", String.class, TTL);

        assertThat(lookup().value()).isEqualTo("new");
    }

    @Test
    void olderLoadNeverReplacesANewerOne() {
        CacheRegion.Lookup first = lookup();
        CacheRegion.Lookup second = lookupAfterSomeTransaction();
        region().put(second, "newer", String.class, TTL);
        region().put(first, "older", String.class, TTL);

        assertThat(lookup().value()).isEqualTo("newer");
    }

    private static CacheRegion.Lookup lookupAfterSomeTransaction() {
        database.execute("select pg_current_xact_id()");
        return lookup();
    }

    @Test
    void loadNeverReplacesALaterPlainPut() {
        CacheRegion.Lookup miss = lookup();
        cache.put("key", "truth", TTL);
        region().put(miss, "loaded", String.class, TTL);

        assertThat(lookup().value()).isEqualTo("truth");
    }

    @Test
    void loadFromAnotherEpochIsNotStored() {
        CacheRegion.Lookup miss = lookup();
        database.execute("update psycache_epoch set epoch = gen_random_uuid()");
        region().put(miss, "from before the crash", String.class, TTL);

        assertThat(lookup().isHit()).isFalse();
    }

    @Test
    void firstGetAfterACrashBeginsANewEpoch() {
        String before = database.queryForString("select epoch from psycache_epoch");
        database.execute("truncate psycache, psycache_invalidation, psycache_epoch"); // what PostgreSQL does then

        region().put(lookup(), "without an epoch", String.class, TTL);
        assertThat(lookup().isHit()).isFalse();
        region().put(lookup(), "in the new epoch", String.class, TTL);

        assertThat(lookup().value()).isEqualTo("in the new epoch");
        assertThat(database.queryForString("select epoch from psycache_epoch"))
                .isNotNull()
                .isNotEqualTo(before);
    }

    @Test
    void invalidationOfOneKeyLeavesTheOthers() {
        cache.putAll(Map.of("a", 1, "b", 2), TTL);
        cache.remove("a");

        assertThat(cache.get("b", Integer.class)).contains(2);
    }

    @Test
    void regionTellsWhetherThereWasSomething() {
        assertThat(region().invalidate()).isFalse();
        assertThat(region().evictIfPresent("key")).isFalse();
        region().put(lookup(), "v", String.class, TTL);
        assertThat(region().evictIfPresent("key")).isTrue();
        region().put(lookup(), "v", String.class, TTL);
        assertThat(region().invalidate()).isTrue();
        assertThat(region().invalidate()).isFalse();
    }

    @Test
    void clearIsOneRowWhateverTheSize() {
        for (int i = 0; i < 20; i++) {
            cache.region("r").put("k" + i, i, Integer.class, TTL);
        }
        cache.region("r").clear();

        assertThat(database.queryForLong("select count(*) from psycache_invalidation"))
                .isEqualTo(1);
        assertThat(database.queryForLong("select count(*) from psycache")).isEqualTo(20);
        assertThat(cache.exists("k7")).isFalse();
        assertThat(cache.cleanupExpired())
                .as("rows are left until the log is old enough")
                .isZero();
    }
}
