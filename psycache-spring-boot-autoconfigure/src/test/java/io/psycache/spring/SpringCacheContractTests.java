package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.psycache.CacheRegion;
import io.psycache.CacheValueException;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.support.NullValue;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The sentences of {@link Cache}'s contract, without a cached method. */
class SpringCacheContractTests {
    private static final PostgresCacheConfiguration DEFAULTS = PostgresCacheConfiguration.defaults();

    @RegisterExtension
    private static final CacheFixture fixture =
            new CacheFixture(settings -> settings.cache("noNulls", DEFAULTS.cacheNullValues(false))
                    .cache("propagating", DEFAULTS.failurePolicy(FailurePolicy.PROPAGATE))
                    .cache("prefixed", DEFAULTS.keyPrefix("app:"))
                    .cache("eternal", DEFAULTS.entryTtl(null))
                    .cache("short", DEFAULTS.entryTtl(Duration.ofMinutes(10)).ttlJitter(0.5)));

    private final String name = "c" + UUID.randomUUID();
    private Cache cache;

    record User(long id, String name) {}

    static final class NoProperties {
        @SuppressWarnings("unused")
        private final Thread thread = Thread.currentThread();
    }

    @BeforeEach
    void openCache() {
        cache = fixture.cache(name);
    }

    @Test
    void nameAndNativeCacheAreThoseOfTheRegion() {
        assertThat(cache.getName()).isEqualTo(name);
        assertThat(cache.getNativeCache()).isInstanceOf(CacheRegion.class);
    }

    @Test
    void anAbsentKeyIsNoWrapper() {
        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(1, Integer.class)).isNull();
    }

    @Test
    void aValueComesBackInAWrapper() {
        cache.put(1, new User(1, "Ann"));
        assertThat(cache.get(1)).isNotNull().extracting(Cache.ValueWrapper::get).isEqualTo(new User(1, "Ann"));
        assertThat(fixture.column("value", name + "::1")).isEqualTo("{\"id\": 1, \"name\": \"Ann\"}");
        assertThat(fixture.column("type", name + "::1")).isEqualTo(User.class.getName());
    }

    @Test
    void nullAndNullValueAreCachedAsNull() {
        cache.put(1, null);
        cache.put(2, NullValue.INSTANCE);
        assertThat(cache.get(1)).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
        assertThat(cache.get(2)).isNotNull().extracting(Cache.ValueWrapper::get).isNull();
        assertThat(cache.get(1, User.class)).isNull();
        assertThat(fixture.column("value", name + "::2")).isEqualTo("null");
    }

    @Test
    void nullIsRefusedWhereItIsNotCached() {
        Cache noNulls = fixture.cache("noNulls");
        for (Object nothing : new Object[] {null, NullValue.INSTANCE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> noNulls.put(1, nothing))
                    .withMessageContaining("Cache 'noNulls' does not cache null");
        }
        assertThatExceptionOfType(ValueRetrievalException.class)
                .isThrownBy(() -> noNulls.get(1, () -> null))
                .withCauseInstanceOf(IllegalArgumentException.class);
        assertThat(noNulls.get(1)).isNull();
    }

    @Test
    void getWithATypeChecksIt() {
        cache.put(1, new User(1, "Ann"));
        assertThat(cache.get(1, User.class)).isEqualTo(new User(1, "Ann"));
        assertThat(cache.get(1, (Class<Object>) null)).isEqualTo(new User(1, "Ann"));
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.get(1, String.class))
                .withMessageContaining("java.lang.String")
                .withMessageContaining(User.class.getName());
    }

    @Test
    void aLoaderIsCalledOnceAndItsValueStored() {
        assertThat(cache.get(1, () -> new User(1, "Ann"))).isEqualTo(new User(1, "Ann"));
        assertThat(cache.<User>get(1, () -> {
                    throw new AssertionError("loaded again");
                }))
                .isEqualTo(new User(1, "Ann"));
        assertThat(fixture.statistics(name).getHits()).isEqualTo(1);
        assertThat(fixture.statistics(name).getMisses()).isEqualTo(1);
    }

    @Test
    void aLoadersNullIsCached() {
        assertThat(cache.<User>get(1, () -> null)).isNull();
        assertThat(cache.get(1)).isNotNull();
    }

    @Test
    void aLoadersFailureIsTheDirectCause() {
        IOException failure = new IOException("down");
        ValueRetrievalException thrown = catchThrowableOfType(
                ValueRetrievalException.class,
                () -> cache.get("key", () -> {
                    throw failure;
                }));
        assertThat(thrown.getCause()).isSameAs(failure);
        assertThat(thrown.getKey()).isEqualTo("key");
        assertThat(cache.get("key")).isNull();
    }

    @Test
    void aFailureOfALoaderNamesAHashWhereKeysAreHashed() {
        try (PostgresCache hashing = PostgresCache.builder(fixture.database.dataSource())
                .hashKeys(true)
                .build()) {
            Cache hashed =
                    CacheFixture.cache(PostgresCacheManager.builder(hashing).build(), name);
            assertThatExceptionOfType(ValueRetrievalException.class)
                    .isThrownBy(() -> hashed.get("jane", () -> {
                        throw new IOException("down");
                    }))
                    .withCauseInstanceOf(IOException.class)
                    .satisfies(
                            e -> assertThat(e.getKey()).isEqualTo(KeyHashingInstrumentation.hash(name + "::\"jane\"")))
                    .satisfies(e -> assertThat(e.toString()).doesNotContain("jane"));
        }
    }

    @Test
    void aLoadedValueThatCannotBeStoredIsReturned() {
        NoProperties value = new NoProperties();
        assertThat(cache.<Object>get(1, () -> value)).isSameAs(value);
        assertThat(cache.get(1)).isNull();
        assertThat(fixture.statistics(name).getSkippedPuts()).isEqualTo(1);
    }

    @Test
    void concurrentLoadersOfAKeyLoadOnce() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> cache.get(1, () -> {
            loading.countDown();
            release.await();
            return loads.incrementAndGet();
        }));
        loading.await();
        CompletableFuture<Integer> second = new CompletableFuture<>();
        Thread waiting = new Thread(() -> second.complete(cache.get(1, loads::incrementAndGet)));
        waiting.start();
        Awaitility.await().until(() -> waiting.getState() == Thread.State.WAITING);
        release.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void putReplacesAnEarlierValue() {
        cache.put(1, "old");
        cache.put(1, "new");
        assertThat(cache.get(1, String.class)).isEqualTo("new");
    }

    @Test
    void putIfAbsentReturnsWhatWasThereAndNullWhereItPut() {
        assertThat(cache.putIfAbsent(1, "first")).isNull();
        assertThat(cache.putIfAbsent(1, "second"))
                .isNotNull()
                .extracting(Cache.ValueWrapper::get)
                .isEqualTo("first");
        assertThat(cache.get(1, String.class)).isEqualTo("first");
        cache.put(2, null);
        assertThat(cache.putIfAbsent(2, "second"))
                .isNotNull()
                .extracting(Cache.ValueWrapper::get)
                .isNull();
    }

    @Test
    void putIfAbsentThrowsRatherThanClaimToHavePut() {
        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> cache.putIfAbsent(1, List.of(new User(1, "Ann"))));
        assertThat(cache.get(1)).isNull();
    }

    @Test
    void evictRemovesTheKeyOnly() {
        cache.put(1, "one");
        cache.put(2, "two");
        cache.evict(1);
        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(2, String.class)).isEqualTo("two");
    }

    @Test
    void evictIfPresentSaysWhetherItWas() {
        cache.put(1, "one");
        assertThat(cache.evictIfPresent(1)).isTrue();
        assertThat(cache.evictIfPresent(1)).isFalse();
        assertThat(cache.get(1)).isNull();
    }

    @Test
    void clearRemovesEveryKeyOfTheCacheOnly() {
        Cache other = fixture.cache(name + "x");
        cache.put(1, "one");
        cache.put(2, "two");
        other.put(1, "other");
        cache.clear();
        assertThat(cache.get(1)).isNull();
        assertThat(cache.get(2)).isNull();
        assertThat(other.get(1, String.class)).isEqualTo("other");
    }

    @Test
    void invalidateSaysWhetherThereWereEntries() {
        cache.put(1, "one");
        assertThat(cache.invalidate()).isTrue();
        assertThat(cache.invalidate()).isFalse();
        assertThat(cache.get(1)).isNull();
    }

    @Test
    void retrieveGivesAWrapperOrNull() throws Exception {
        cache.put(1, "one");
        cache.put(2, null);
        assertThat(get(cache.retrieve(1)))
                .isInstanceOfSatisfying(
                        Cache.ValueWrapper.class,
                        wrapper -> assertThat(wrapper.get()).isEqualTo("one"));
        assertThat(get(cache.retrieve(2)))
                .isInstanceOfSatisfying(
                        Cache.ValueWrapper.class,
                        wrapper -> assertThat(wrapper.get()).isNull());
        assertThat(get(cache.retrieve(3))).isNull();
    }

    private static @Nullable Object get(@Nullable CompletableFuture<?> future) throws Exception {
        return Objects.requireNonNull(future).get(10, TimeUnit.SECONDS);
    }

    @Test
    void retrieveWithALoaderLoadsOnceAndStores() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CompletableFuture<Integer> loaded = new CompletableFuture<>();
        CompletableFuture<Integer> first = cache.retrieve(1, () -> {
            loads.incrementAndGet();
            return loaded;
        });
        CompletableFuture<Integer> second = cache.retrieve(1, () -> {
            loads.incrementAndGet();
            return loaded;
        });
        loaded.complete(7);
        assertThat(get(first)).isEqualTo(7);
        assertThat(get(second)).isEqualTo(7);
        assertThat(loads).hasValue(1);
        assertThat(cache.get(1, Integer.class)).isEqualTo(7);
    }

    @Test
    void retrieveWithALoaderTellsNullAsNull() throws Exception {
        assertThat(get(cache.retrieve(1, () -> CompletableFuture.completedFuture(null))))
                .isNull();
        assertThat(cache.get(1)).isNotNull();
        assertThat(get(cache.retrieve(1, () -> CompletableFuture.<Object>failedFuture(new AssertionError()))))
                .isNull();
    }

    @Test
    void theFailureOfAnAsynchronousLoaderReachesItsFuture() {
        IOException failure = new IOException("down");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> get(cache.retrieve(1, () -> CompletableFuture.failedFuture(failure))))
                .havingCause()
                .isSameAs(failure);
        IllegalStateException thrown = new IllegalStateException("no future");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> get(cache.retrieve(1, () -> {
                    throw thrown;
                })))
                .havingCause()
                .isSameAs(thrown);
        assertThat(cache.get(1)).isNull();
    }

    @Test
    void aLoaderThatReturnsNoFutureFailsAndDoesNotHang() {
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> get(cache.retrieve(1, () -> null)))
                .havingCause()
                .withMessageContaining("null instead of a future");
    }

    @Test
    void aCancelledRetrieveLeavesTheKeyToOthers() throws Exception {
        CompletableFuture<String> never = cache.retrieve(1, CompletableFuture::new);
        never.cancel(true);
        assertThat(get(cache.retrieve(1, () -> CompletableFuture.completedFuture("value"))))
                .isEqualTo("value");
    }

    @Test
    void retrieveDoesNotBlockItsCaller() throws Exception {
        CompletableFuture<?> found;
        try (Connection holder = fixture.database.dataSource().getConnection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("lock table psycache in access exclusive mode");
            found = cache.retrieve(1);
            assertThat(found).isNotDone();
            holder.rollback();
        }
        assertThat(get(found)).isNull();
    }

    @Test
    void retrieveInATransactionIsAMissWithoutSql() throws Exception {
        cache.put(1, "old");
        new TransactionTemplate(new DataSourceTransactionManager(fixture.database.dataSource()))
                .executeWithoutResult(transaction -> {
                    assertThat(cache.retrieve(1)).isNull();
                    assertThat(cache.retrieve(1, () -> CompletableFuture.completedFuture("new")))
                            .isCompletedWithValue("new");
                });
        assertThat(cache.get(1, String.class)).isEqualTo("old");
    }

    @Test
    void collectionsOfOwnTypesAreNotCachedWithoutADeclaredType() {
        cache.put(1, List.of(new User(1, "Ann")));
        assertThat(cache.get(1)).isNull();
        assertThat(fixture.statistics(name).getSkippedPuts()).isEqualTo(1);
        cache.put(2, List.of("a", "b"));
        cache.put(3, Map.of("a", List.of(1)));
        assertThat(cache.get(2)).isNotNull().extracting(Cache.ValueWrapper::get).isEqualTo(List.of("a", "b"));
        assertThat(cache.get(3)).isNotNull().extracting(Cache.ValueWrapper::get).isEqualTo(Map.of("a", List.of(1)));
    }

    @Test
    void aHostileTypeInTheTableIsAMiss() {
        cache.put(1, "value");
        for (String hostile : List.of("javax.naming.InitialContext", "java.lang.Runtime", "x<", "a".repeat(10_000))) {
            fixture.database.execute("update psycache set type = '" + hostile + "' where key = '" + name + "::1'");
            assertThat(cache.get(1)).isNull();
        }
        assertThat(fixture.statistics(name).getUnreadable()).isEqualTo(4);
    }

    @Test
    void aFailingGetIsAMiss() throws Exception {
        fixture.breakTable();
        try {
            assertThat(cache.get(1)).isNull();
            assertThat(cache.get(1, () -> "loaded")).isEqualTo("loaded");
            assertThat(get(cache.retrieve(1))).isNull();
            assertThat(get(cache.retrieve(1, () -> CompletableFuture.completedFuture("loaded"))))
                    .isEqualTo("loaded");
        } finally {
            fixture.repair();
        }
        assertThat(cache.get(1)).isNull();
        assertThat(fixture.statistics(name).getFailures()).isEqualTo(Map.of("BadSqlGrammarException", 4L));
        assertThat(fixture.statistics(name).getMisses()).isEqualTo(5);
    }

    @Test
    void aFailingPutEvictsAndIsSkipped() {
        cache.put(1, "old");
        fixture.database.execute(
                "alter table psycache add constraint few check (key not like '" + name + "%' or value <> '\"new\"')");
        try {
            cache.put(1, "new");
        } finally {
            fixture.database.execute("alter table psycache drop constraint few");
        }
        assertThat(cache.get(1)).isNull();
        assertThat(fixture.statistics(name).getSkippedPuts()).isEqualTo(1);
    }

    @Test
    void aFailingPutPropagatesWhereTheEvictionFailsToo() {
        fixture.breakTable();
        try {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.put(1, "value"));
        } finally {
            fixture.repair();
        }
    }

    @Test
    void failuresPropagateWhereAskedFor() {
        Cache propagating = fixture.cache("propagating");
        fixture.breakTable();
        try {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> propagating.get(1));
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> propagating.get(1, () -> "x"));
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> propagating.put(1, "x"));
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> get(propagating.retrieve(1)))
                    .withCauseInstanceOf(DataAccessException.class);
        } finally {
            fixture.repair();
        }
    }

    @Test
    void failingEvictionsAlwaysPropagate() {
        fixture.database.execute("alter table psycache_invalidation rename to psycache_invalidation_broken");
        try {
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.evict(1));
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.evictIfPresent(1));
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.clear());
            assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> cache.invalidate());
        } finally {
            fixture.database.execute("alter table psycache_invalidation_broken rename to psycache_invalidation");
        }
    }

    @Test
    void entriesEndWithTheirTtl() {
        fixture.cache("eternal").put(name, 1);
        assertThat(fixture.column("expires_at", "eternal::\"" + name + "\"")).isEqualTo("infinity");
        for (int i = 0; i < 20; i++) {
            fixture.cache("short").put(i, 1);
        }
        assertThat(fixture.database.queryForLong(
                        "select count(*) from psycache where key like 'short::%' and expires_at"
                                + " between now() + '4 min 50 s' and now() + '10 min'"))
                .isEqualTo(20);
        assertThat(
                        fixture.database.queryForLong(
                                "select count(distinct extract(minute from expires_at - now())) from psycache where key like 'short::%'"))
                .isGreaterThan(1);
    }

    @Test
    void aKeyPrefixKeepsApplicationsApart() {
        fixture.cache("prefixed").put(1, "a");
        assertThat(fixture.column("value", "app:prefixed::1")).isEqualTo("\"a\"");
        CacheFixture.cache(PostgresCacheManager.builder(fixture.cache).build(), "prefixed")
                .clear();
        assertThat(fixture.cache("prefixed").get(1, String.class)).isEqualTo("a");
    }

    @ParameterizedTest
    @CsvSource({"app, 1users, app1, users", "a, bc, ab, c"})
    void prefixesThatBeginAlikeDoNotMeet(String prefix, String name, String otherPrefix, String otherName) {
        prefixed(prefix, name).put(1, "one");
        assertThat(prefixed(otherPrefix, otherName).get(1)).isNull();
    }

    private Cache prefixed(String prefix, String name) {
        return CacheFixture.cache(
                PostgresCacheManager.builder(fixture.cache)
                        .defaults(DEFAULTS.keyPrefix(prefix))
                        .build(),
                name);
    }
}
