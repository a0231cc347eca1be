package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Tenants whose entries are in the same tables. */
class CachePartitionTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final ThreadLocal<String> TENANT = ThreadLocal.withInitial(() -> "");
    private static final Function<@Nullable String, @Nullable Type> TEXT = type -> String.class;

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .tenants(TENANT::get)
            .options(CacheOptions.DEFAULTS.staleWhileRevalidate(TTL))
            .build());

    private final CacheRegion region = cache.region("products");

    @AfterEach
    void leave() {
        TENANT.remove();
    }

    private static void enter(String tenant) {
        TENANT.set(tenant);
    }

    /** As each of the tenants stores it. */
    private void storeInEach() {
        for (String tenant : List.of("", "a", "b")) {
            enter(tenant);
            cache.withTags("tag").put("k", tenant, TTL);
            cache.put("counter", tenant, TTL);
            region.put("r", tenant, String.class, TTL);
        }
    }

    private void othersHaveTheirs(String key) {
        for (String tenant : List.of("", "b")) {
            enter(tenant);
            assertThat(cache.get(key, String.class)).as("of '%s'", tenant).contains(tenant);
        }
    }

    @Test
    void aTenantReadsAndRemovesItsOwn() {
        storeInEach();
        enter("a");
        assertThat(cache.get("k", String.class)).contains("a");
        assertThat(cache.getAll(List.of("k", "counter"), String.class)).isEqualTo(Map.of("k", "a", "counter", "a"));
        assertThat(cache.async().get("k", String.class).join()).contains("a");
        assertThat(cache.remove("k")).isTrue();
        assertThat(cache.exists("k")).isFalse();
        assertThat(cache.putIfAbsent("k", "again", TTL)).isTrue();
        cache.remove("k");

        othersHaveTheirs("k");
    }

    @Test
    void countersAreEachTenantsOwn() {
        for (String tenant : List.of("", "a", "b")) {
            enter(tenant);
            assertThat(cache.increment("n", 1, TTL)).isEqualTo(1);
        }
    }

    @Test
    void aTagEndsTheEntriesOfItsTenant() {
        storeInEach();
        enter("a");
        cache.invalidateTags("tag");
        assertThat(cache.get("k", String.class)).isEmpty();

        othersHaveTheirs("k");
    }

    @Test
    void aClearEndsTheRegionOfItsTenant() {
        storeInEach();
        enter("a");
        assertThat(region.invalidate()).isTrue();
        assertThat(region.lookup("r", TEXT).isHit()).isFalse();
        assertThat(region.invalidate()).isFalse();
        enter("b");
        assertThat(region.lookup("r", TEXT).value()).isEqualTo("b");
    }

    @Test
    void prefixesAndFlushesAreThoseOfTheTenant() {
        storeInEach();
        enter("a");
        assertThat(cache.removeByPrefix("k")).isEqualTo(1);
        othersHaveTheirs("k");
        enter("a");
        assertThat(cache.flush()).isEqualTo(2);
        othersHaveTheirs("counter");
    }

    @Test
    void aTransactionEvictsWhatItsTenantHas() {
        storeInEach();
        enter("a");
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()))
                .executeWithoutResult(status -> {
                    cache.remove("k");
                    cache.invalidateTags("tag");
                    cache.put("counter", "new", TTL);
                });
        assertThat(cache.get("k", String.class)).isEmpty();
        await().pollInSameThread()
                .untilAsserted(
                        () -> assertThat(cache.get("counter", String.class)).contains("new"));

        othersHaveTheirs("k");
        othersHaveTheirs("counter");
    }

    /** Both loaders are under way at once, which they can't be if one caller waits for the load of the other. */
    @Test
    void tenantsDoNotShareLoads() {
        CyclicBarrier bothLoad = new CyclicBarrier(2);
        List<CompletableFuture<String>> loads = List.of("a", "b").stream()
                .map(tenant -> CompletableFuture.supplyAsync(
                        () -> {
                            enter(tenant);
                            return cache.getOrLoad("l", String.class, TTL, () -> {
                                bothLoad.await(10, TimeUnit.SECONDS);
                                return tenant;
                            });
                        },
                        work -> new Thread(work).start()))
                .toList();

        assertThat(loads.get(0).join()).isEqualTo("a");
        assertThat(loads.get(1).join()).isEqualTo("b");
    }

    @Test
    void copiesAreEachTenantsOwn() {
        storeInEach();
        for (int i = 0; i < 3; i++) {
            for (String tenant : List.of("a", "b")) {
                enter(tenant);
                assertThat(cache.get("k", String.class)).contains(tenant);
            }
        }
        assertThat(cache.inspection().near().hits()).isPositive();
    }

    @Test
    void anAsynchronousLoaderRunsOnTheThreadThatHasTheTenantAndItsValueIsStoredForIt() {
        enter("a");
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<LoadOutcome> outcome = region.getOrLoadAsync(
                "l", TEXT, value -> String.class, TTL, () -> loading.thenApply(TENANT.get()::concat));
        enter("b");
        loading.complete("!");

        assertThat(outcome.join().value()).isEqualTo("a!");
        enter("a");
        await().pollInSameThread()
                .untilAsserted(
                        () -> assertThat(region.lookup("l", TEXT).value()).isEqualTo("a!"));
        enter("b");
        assertThat(region.lookup("l", TEXT).isHit()).isFalse();
    }

    @Test
    void whatAThreadLookedUpIsPutForItsTenantFromAnyThread() {
        enter("a");
        Lookup miss = region.lookup("m", TEXT);
        Beginning beginning = region.begin();
        enter("b");
        region.put(miss, "a", String.class, TTL);
        region.put(beginning, "p", "a", String.class, TTL);

        assertThat(region.lookup("m", TEXT).isHit()).isFalse();
        enter("a");
        await().pollInSameThread()
                .untilAsserted(
                        () -> assertThat(region.lookup("m", TEXT).value()).isEqualTo("a"));
        assertThat(region.lookup("p", TEXT).value()).isEqualTo("a");
    }

    /** With a thread of the cache its loader would read the data of no tenant. */
    @Test
    void expiredValuesAreLoadedByTheirCaller() {
        enter("a");
        cache.put("k", "old", Duration.ofMillis(1));
        await().pollInSameThread().until(() -> !cache.exists("k"));

        assertThat(cache.getOrLoad("k", String.class, TTL, TENANT::get)).isEqualTo("a");
    }

    @Test
    void aRegionStoresWhatIsAbsentForEachTenant() {
        for (String tenant : List.of("", "a", "b")) {
            enter(tenant);
            assertThat(region.putIfAbsent("p", tenant, String.class, TTL, TEXT).isHit())
                    .isFalse();
            assertThat(region.lookup("p", TEXT).value()).isEqualTo(tenant);
            assertThat(region.putIfAbsent("p", "other", String.class, TTL, TEXT).value())
                    .isEqualTo(tenant);
        }
    }

    /** As a method that sets the tenant, or a future that completes on the thread of one. */
    @Test
    void whatAThreadLookedUpBeforeItHadATenantIsPutForNone() {
        Lookup miss = region.lookup("m", TEXT);
        Beginning beginning = region.begin();
        enter("b");
        region.put(miss, "of nobody", String.class, TTL);
        region.put(beginning, "p", "of nobody", String.class, TTL);
        enter("");
        await().pollInSameThread()
                .untilAsserted(
                        () -> assertThat(region.lookup("m", TEXT).value()).isEqualTo("of nobody"));
        enter("b");
        assertThat(region.lookup("m", TEXT).isHit()).isFalse();
        assertThat(region.lookup("p", TEXT).isHit()).isFalse();
    }

    @Test
    void asynchronousLoadersOfTheCacheRunOnTheThreadThatHasTheTenant() {
        enter("a");
        String loaded = cache.async()
                .getOrLoad("l", String.class, TTL, () -> CompletableFuture.completedFuture(TENANT.get()))
                .join();
        Map<String, String> all = cache.async()
                .getAllOrLoad(
                        List.of("m"),
                        String.class,
                        TTL,
                        missing -> CompletableFuture.completedFuture(Map.of("m", TENANT.get())))
                .join();

        assertThat(loaded).isEqualTo("a");
        assertThat(all).isEqualTo(Map.of("m", "a"));
    }

    /** Its connection may still be that of the first tenant. */
    @Test
    void aTenantThatChangesInATransactionIsRefused() {
        storeInEach();
        enter("a");
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()));
        transaction.executeWithoutResult(status -> {
            assertThat(cache.get("k", String.class)).contains("a");
            enter("b");
            assertThatExceptionOfType(DataAccessResourceFailureException.class)
                    .isThrownBy(() -> cache.getOrLoad("z", String.class, TTL, () -> "of a"))
                    .withMessageContaining("'b' now, but another one at the first call");
            enter("a");
            assertThat(cache.get("k", String.class)).contains("a");
        });
        enter("b");
        String next = transaction.execute(status -> cache.get("k", String.class).orElse(null));
        assertThat(next).isEqualTo("b");
    }

    @Test
    void aPartitionThatCanNotBeToldFailsAsTheDatabaseDoes() {
        PostgresCache unknown = database.closing(PostgresCache.builder(database.dataSource())
                .tenants(() -> {
                    throw new IllegalStateException("no tenant here");
                })
                .build());

        assertThatExceptionOfType(DataAccessResourceFailureException.class)
                .isThrownBy(() -> unknown.get("k", String.class))
                .withMessageContaining("no partition for this thread: no tenant here");
        assertThat(unknown.region("r").lookupAsync("k", TEXT)).failsWithin(Duration.ofSeconds(1));
    }

    @Test
    void aKeyThatLooksLikeATenantsIsNotIts() {
        storeInEach();
        enter("");
        assertThat(cache.get("a\u001fk", String.class)).isEmpty();
        cache.put("a\u001fk", "mine", TTL);
        assertThat(cache.get("a\u001fk", String.class)).contains("mine");
        enter("a");
        assertThat(cache.get("k", String.class)).contains("a");
    }

    /** Its keys begin with those of all tenants. */
    @Test
    void aFlushWithoutATenantReachesAllTenants() {
        storeInEach();
        enter("");
        assertThat(cache.flush()).isEqualTo(9);
        enter("a");
        assertThat(cache.get("k", String.class)).isEmpty();
    }

    @Test
    void tenantsWithNamesThatBeginAlikeDoNotMeet() {
        enter("app");
        cache.put("1users", "app", TTL);
        enter("app1");
        assertThat(cache.get("users", String.class)).isEmpty();
        assertThat(cache.flush()).isZero();
        enter("app");
        assertThat(cache.get("1users", String.class)).contains("app");
    }

    @Test
    void longKeysAndTagsOfTenantsAreApart() {
        String key = "k".repeat(2_000);
        for (String tenant : List.of("a", "b")) {
            enter(tenant);
            cache.withTags(key).put(key, tenant, TTL);
        }
        cache.invalidateTags(key);
        assertThat(cache.get(key, String.class)).isEmpty();
        enter("a");
        assertThat(cache.get(key, String.class)).contains("a");
    }

    @Test
    void theContentsOfACacheAreThoseOfAllTenants() {
        storeInEach();
        assertThat(cache.inspection().contents().caches())
                .filteredOn(contents -> contents.cache().equals("products"))
                .singleElement()
                .satisfies(contents -> assertThat(contents.entries()).isEqualTo(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u001fb", "long"})
    void aNameThatCouldBeAnothersIsRefused(String name) {
        enter(name.equals("long") ? "x".repeat(201) : name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.get("k", String.class))
                .withMessageContaining("at most 200 characters, without U+001F");
    }
}
