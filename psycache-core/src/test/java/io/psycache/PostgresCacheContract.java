package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.psycache.testsupport.TestDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.core.ParameterizedTypeReference;

/** What every cache does, whatever it runs on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PostgresCacheContract {
    static final Duration TTL = Duration.ofMinutes(5);

    /** Longer than a busy machine makes a statement wait. */
    static final Duration PATIENT = Duration.ofSeconds(30);

    static final ParameterizedTypeReference<List<User>> USERS = new ParameterizedTypeReference<>() {};

    record User(long id, String name, BigDecimal balance) {}

    @RegisterExtension
    final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    PostgresCache cache;

    /** What the cache under test runs on. */
    abstract DataSource dataSource();

    PostgresCache.Builder settings(PostgresCache.Builder builder) {
        return builder;
    }

    @BeforeEach
    void open() {
        cache = database.closing(
                settings(PostgresCache.builder(dataSource()).timeout(PATIENT)).build());
    }

    static User user(long id) {
        return new User(id, "name " + id, new BigDecimal("12.50"));
    }

    @Test
    void missingKeyIsEmpty() {
        assertThat(cache.get("users::1", User.class)).isEmpty();
        assertThat(cache.getRaw("users::1")).isEmpty();
        assertThat(cache.exists("users::1")).isFalse();
        assertThat(cache.remove("users::1")).isFalse();
    }

    @Test
    void putValueIsRead() {
        cache.put("users::1", user(1), TTL);

        assertThat(cache.get("users::1", User.class)).contains(user(1));
        assertThat(cache.exists("users::1")).isTrue();
    }

    @Test
    void valueIsCleanJsonInTheTable() {
        cache.put("users::1", user(1), TTL);

        assertThat(database.queryForString("select value from psycache where key = 'users::1'"))
                .isEqualTo("{\"id\": 1, \"name\": \"name 1\", \"balance\": 12.50}");
    }

    @Test
    void genericValueIsRead() {
        cache.put("all", List.of(user(1), user(2)), TTL);

        assertThat(cache.get("all", USERS)).contains(List.of(user(1), user(2)));
    }

    @Test
    void rawObjectIsRead() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("number", 1);
        value.put("text", "a 'quoted' \"text\" 😀");
        value.put("list", Arrays.asList(1.5, true, null));
        value.put("object", Map.of("a", Map.of("b", 1)));

        cache.putRaw("raw", value, null);

        assertThat(cache.getRaw("raw")).contains(value);
    }

    @Test
    void rawGetOfSomethingElseSaysSo() {
        cache.put("list", List.of(1), TTL);

        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.getRaw("list"))
                .satisfies(e -> assertThat(e.getKey()).isEqualTo("list"))
                .withMessageContaining("'list'")
                .withMessageContaining("java.util.Map<java.lang.String, java.lang.Object>");
    }

    @Test
    void valueOfAnotherShapeSaysSo() {
        cache.put("k", Map.of("nickname", "x"), TTL);

        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.get("k", User.class))
                .withMessageContaining(User.class.getName());
    }

    @Test
    void laterPutReplaces() {
        cache.put("k", 1, TTL);
        cache.put("k", "two", TTL);

        assertThat(cache.get("k", String.class)).contains("two");
    }

    @Test
    void entryEndsByTheClockOfTheDatabase() {
        cache.put("k", 1, TTL);
        database.execute("update psycache set expires_at = statement_timestamp()");

        assertThat(cache.get("k", Integer.class)).isEmpty();
        assertThat(cache.exists("k")).isFalse();
        assertThat(cache.remove("k")).isFalse();
    }

    @Test
    void timeToLiveIsStored() {
        cache.put("k", 1, Duration.ofSeconds(90));
        cache.put("default", 1);
        cache.put("never", 1, null);
        cache.put("shortest", 1, Duration.ofNanos(1));

        assertThat(secondsLeft("k")).isBetween(60L, 90L);
        assertThat(secondsLeft("default")).isBetween(3_500L, 3_600L);
        assertThat(database.queryForString("select expires_at from psycache where key = 'never'"))
                .isEqualTo("infinity");
        assertThat(cache.get("shortest", Integer.class)).isEmpty();
    }

    private long secondsLeft(String key) {
        return database.queryForLong(
                "select extract(epoch from expires_at - clock_timestamp())::bigint from psycache where key = '" + key
                        + "'");
    }

    @Test
    void getOrLoadLoadsOnce() {
        AtomicInteger loads = new AtomicInteger();
        Callable<User> loader = () -> user(loads.incrementAndGet());

        assertThat(cache.getOrLoad("k", User.class, TTL, loader)).isEqualTo(user(1));
        assertThat(cache.getOrLoad("k", User.class, loader)).isEqualTo(user(1));
        assertThat(loads).hasValue(1);
    }

    @Test
    void getOrLoadOfGenericType() {
        assertThat(cache.getOrLoad("k", USERS, () -> List.of(user(1)))).containsExactly(user(1));
        assertThat(cache.getOrLoad("k", USERS, TTL, () -> List.of())).containsExactly(user(1));
    }

    @Test
    void getOrLoadReturnsNullAndStoresNothing() {
        assertThat(cache.getOrLoad("k", User.class, () -> null)).isNull();
        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void getOrLoadThrowsWhatTheLoaderThrewAsDirectCause() {
        Exception failure = new Exception("no user");

        assertThatExceptionOfType(CacheLoadException.class)
                .isThrownBy(() -> cache.getOrLoad("k", User.class, () -> {
                    throw failure;
                }))
                .withMessageContaining("'k'")
                .satisfies(e -> assertThat(e.getCause()).isSameAs(failure));
        assertThat(cache.getOrLoad("k", User.class, () -> user(1))).isEqualTo(user(1));
    }

    @Test
    void getOrLoadReplacesWhatCannotBeRead() {
        cache.put("k", Map.of("nickname", "x"), TTL);

        assertThat(cache.getOrLoad("k", User.class, () -> user(1))).isEqualTo(user(1));
        assertThat(cache.get("k", User.class)).contains(user(1));
    }

    @Test
    void getOrLoadRefusesWhatCannotBeStored() {
        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.getOrLoad("k", String.class, () -> "nul \0"))
                .withMessageContaining("'k'");
        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void putIfAbsentStoresOnce() {
        assertThat(cache.putIfAbsent("k", 1, TTL)).isTrue();
        assertThat(cache.putIfAbsent("k", 2, TTL)).isFalse();
        assertThat(cache.get("k", Integer.class)).contains(1);
    }

    @Test
    void putIfAbsentReplacesAnEndedEntry() {
        cache.withTags("t").put("expired", 1, TTL);
        cache.withTags("t").put("invalidated", 1, TTL);
        database.execute("update psycache set expires_at = statement_timestamp() where key = 'expired'");
        cache.invalidateTags("t");

        assertThat(cache.putIfAbsent("expired", 2, TTL)).isTrue();
        assertThat(cache.putIfAbsent("invalidated", 2, TTL)).isTrue();
        assertThat(cache.get("expired", Integer.class)).contains(2);
        assertThat(cache.get("invalidated", Integer.class)).contains(2);
    }

    @Test
    void removeTellsWhetherThereWasAnEntry() {
        cache.put("k", 1, TTL);

        assertThat(cache.remove("k")).isTrue();
        assertThat(cache.remove("k")).isFalse();
        assertThat(cache.exists("k")).isFalse();
    }

    @Test
    void removedKeyCanBePutAgain() {
        cache.put("k", 1, TTL);
        cache.remove("k");
        cache.put("k", 2, TTL);

        assertThat(cache.get("k", Integer.class)).contains(2);
    }

    @Test
    void incrementCounts() {
        assertThat(cache.increment("n")).isEqualTo(1);
        assertThat(cache.increment("n", 41, TTL)).isEqualTo(42);
        assertThat(cache.increment("n", -50, null)).isEqualTo(-8);
        assertThat(cache.get("n", Long.class)).contains(-8L);
    }

    @Test
    void incrementKeepsTheEndOfTheCounter() {
        cache.increment("n", 1, Duration.ofSeconds(90));
        cache.increment("n", 1, null);

        assertThat(secondsLeft("n")).isBetween(60L, 90L);
    }

    @Test
    void incrementStartsAgainAfterTheEnd() {
        cache.increment("n", 5, TTL);
        database.execute("update psycache set expires_at = statement_timestamp()");

        assertThat(cache.increment("n", 2, null)).isEqualTo(2);
        assertThat(database.queryForString("select expires_at from psycache")).isEqualTo("infinity");
    }

    @Test
    void incrementStartsAgainAfterAnInvalidation() {
        cache.withTags("t").increment("n", 5, TTL);
        cache.invalidateTags("t");

        assertThat(cache.increment("n", 2, TTL)).isEqualTo(2);
        assertThat(cache.get("n", Long.class)).contains(2L);
    }

    @Test
    void incrementOfWholeDecimalCounts() {
        database.execute("insert into psycache (key, value, expires_at) values ('n', '5.0', 'infinity')");

        assertThat(cache.increment("n")).isEqualTo(6);
    }

    @Test
    void incrementOfSomethingElseSaysSoAndLeavesIt() {
        for (Object value :
                List.of("text", 1.5, List.of(1), Map.of("a", 1), true, new java.math.BigInteger("9".repeat(30)))) {
            cache.put("n", value, TTL);
            String before = database.queryForString("select value from psycache");

            assertThatExceptionOfType(CacheValueException.class)
                    .isThrownBy(() -> cache.increment("n"))
                    .withMessageContaining("'n'")
                    .withMessageContaining("no integer");
            assertThat(database.queryForString("select value from psycache")).isEqualTo(before);
        }
    }

    @Test
    void incrementBeyond64BitsSaysSoAndLeavesIt() {
        cache.increment("n", Long.MAX_VALUE, TTL);

        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.increment("n"))
                .withMessageContaining("64 bits");
        assertThat(cache.get("n", Long.class)).contains(Long.MAX_VALUE);
    }

    @Test
    void getAllReturnsWhatIsThereInTheOrderAskedFor() {
        cache.putAll(Map.of("a", 1, "b", 2, "c", 3), TTL);

        Map<String, Integer> found = cache.getAll(List.of("c", "x", "a", "c"), Integer.class);

        assertThat(found).containsExactly(Map.entry("c", 3), Map.entry("a", 1));
        assertThat(cache.getAll(List.of(), Integer.class)).isEmpty();
        assertThat(cache.getAll(List.of("a"), new ParameterizedTypeReference<Integer>() {}))
                .containsExactly(Map.entry("a", 1));
    }

    @Test
    void putAllStoresAllOrNothing() {
        cache.put("b", "old", TTL);

        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.putAll(Map.of("a", 1, "b", "bad \0", "c", 3), TTL))
                .satisfies(e -> assertThat(e.getKey()).isEqualTo("b"));
        assertThat(cache.getAll(List.of("a", "b", "c"), Object.class)).isEqualTo(Map.of("b", "old"));
    }

    @Test
    void putAllOfNothingDoesNothing() {
        cache.putAll(Map.of(), TTL);
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
    }

    @Test
    void removeAllCountsWhatWasThere() {
        cache.putAll(Map.of("a", 1, "b", 2, "c", 3), TTL);

        assertThat(cache.removeAll(List.of("a", "b", "b", "x"))).isEqualTo(2);
        assertThat(cache.removeAll(List.of())).isZero();
        assertThat(cache.exists("c")).isTrue();
    }

    @Test
    void tagInvalidatesItsEntries() {
        cache.withTags("user:1", "all").put("a", 1, TTL);
        cache.withTags("user:2").withTags("all").put("b", 2, TTL);
        cache.put("c", 3, TTL);

        cache.invalidateTags("user:1");
        assertThat(cache.getAll(List.of("a", "b", "c"), Integer.class)).isEqualTo(Map.of("b", 2, "c", 3));

        cache.invalidateTags("all", "other");
        assertThat(cache.getAll(List.of("a", "b", "c"), Integer.class)).isEqualTo(Map.of("c", 3));
    }

    @Test
    void tagNamedLikeAKeyOrARegionIsNeither() {
        cache.put("name", 1, TTL);
        cache.region("name").put("other", 2, Integer.class, TTL);

        cache.invalidateTags("name", "k:name", "c:name", "p");

        assertThat(cache.exists("name")).isTrue();
        assertThat(cache.exists("other")).isTrue();
    }

    @Test
    void removeByPrefixRemovesThosePrefixed() {
        cache.putAll(Map.of("user:1", 1, "user:2", 2, "user", 3, "usez", 4, "a", 5), TTL);

        assertThat(cache.removeByPrefix("user:")).isEqualTo(2);
        assertThat(cache.getAll(List.of("user:1", "user:2", "user", "usez", "a"), Integer.class))
                .containsOnlyKeys("user", "usez", "a");
    }

    @Test
    void prefixIsNoPattern() {
        cache.putAll(Map.of("a%b", 1, "axb", 2, "a_b", 3, "a\\b", 4), TTL);

        assertThat(cache.removeByPrefix("a%")).isEqualTo(1);
        assertThat(cache.removeByPrefix("a_")).isEqualTo(1);
        assertThat(cache.removeByPrefix("a\\")).isEqualTo(1);
        assertThat(cache.exists("axb")).isTrue();
    }

    @Test
    void flushRemovesAll() {
        cache.putAll(Map.of("a", 1, "b", 2, "😀", 3), TTL);

        assertThat(cache.flush()).isEqualTo(3);
        assertThat(cache.flush()).isZero();
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
    }

    @Test
    void cleanupDeletesWhatHasExpired() {
        cache.putAll(Map.of("a", 1, "b", 2, "c", 3), TTL);
        database.execute("update psycache set expires_at = statement_timestamp() where key <> 'c'");

        assertThat(cache.cleanupExpired()).isEqualTo(2);
        assertThat(cache.cleanupExpired()).isZero();
        assertThat(cache.exists("c")).isTrue();
    }

    @Test
    void badArgumentsAreNamed() {
        refused("key", () -> cache.get("", User.class));
        refused("key", () -> cache.get(null, User.class));
        refused("key", () -> cache.put("nul\0", 1, TTL));
        refused("key", () -> cache.put("half \ud83d", 1, TTL));
        refused("key", () -> cache.getAll(Arrays.asList("a", null), User.class));
        refused("key", () -> cache.putAll(Collections.singletonMap("", 1), TTL));
        refused("key", () -> cache.remove(""));
        refused("key", () -> cache.increment(""));
        refused("ttl", () -> cache.put("k", 1, Duration.ZERO));
        refused("ttl", () -> cache.put("k", 1, Duration.ofSeconds(-1)));
        refused("ttl", () -> cache.put("k", 1, Duration.ofSeconds(Long.MAX_VALUE)));
        refused("ttl", () -> cache.increment("k", 1, Duration.ZERO));
        refused("ttl", () -> cache.getOrLoad("k", User.class, Duration.ZERO, () -> user(1)));
        refused("value", () -> cache.put("k", null, TTL));
        refused("tag", () -> cache.withTags("a", ""));
        refused("tag", () -> cache.invalidateTags("\0"));
        refused("prefix", () -> cache.removeByPrefix(""));
        refused("interval", () -> cache.startCleanup(Duration.ZERO));
        refused("spanName", () -> cache.withSpanName(""));
        assertThat(database.queryForLong("select count(*) from psycache")).isZero();
        assertThat(database.queryForLong("select count(*) from psycache_invalidation"))
                .isZero();
    }

    private static void refused(String argument, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatIllegalArgumentException().isThrownBy(call).withMessageStartingWith(argument);
    }
}
