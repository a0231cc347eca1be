package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheRegion.Beginning;
import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheSettings.Partition;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A cache over a router of Spring: each target has entries, loads, copies and statements of its own. */
@ExtendWith(OutputCaptureExtension.class)
class RoutedDataSourceTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final ThreadLocal<@Nullable String> TENANT = new ThreadLocal<>();
    private static final Function<@Nullable String, @Nullable Type> TEXT = type -> String.class;

    @RegisterExtension
    private final TestDatabase one = TestDatabase.create(PsycacheSchema::create);

    @RegisterExtension
    private final TestDatabase other = TestDatabase.create(PsycacheSchema::create);

    private final AbstractRoutingDataSource router = router(() -> TENANT.get());
    private final PostgresCache cache = cache(router);

    private AbstractRoutingDataSource router(Callable<@Nullable Object> choice) {
        return routing(Map.of("one", one.dataSource(), "other", other.dataSource()), choice);
    }

    private static AbstractRoutingDataSource routing(Map<Object, Object> targets, Callable<@Nullable Object> choice) {
        AbstractRoutingDataSource router = new AbstractRoutingDataSource() {
            @Override
            protected @Nullable Object determineCurrentLookupKey() {
                try {
                    return choice.call();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        router.setTargetDataSources(targets);
        router.afterPropertiesSet();
        return router;
    }

    private PostgresCache cache(DataSource dataSource) {
        return one.closing(PostgresCache.builder(dataSource).build());
    }

    @AfterEach
    void leave() {
        TENANT.remove();
    }

    private static void enter(String tenant) {
        TENANT.set(tenant);
    }

    private static String valuesOf(TestDatabase database) {
        return String.valueOf(
                database.queryForString("select string_agg(value::text, ' ' order by key) from psycache"));
    }

    @Test
    void aTenantReadsItsOwn() {
        enter("one");
        cache.put("k", "one", TTL);
        enter("other");
        assertThat(cache.get("k", String.class)).isEmpty();
        assertThat(cache.exists("k")).isFalse();
        assertThat(cache.remove("k")).isFalse();
        enter("one");
        assertThat(cache.get("k", String.class)).contains("one");
    }

    @Test
    void loadedValuesAreStoredWhereTheirCallerReads() {
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            assertThat(cache.getOrLoad("k", String.class, TTL, () -> tenant)).isEqualTo(tenant);
            cache.getAllOrLoad(List.of("a"), String.class, TTL, missing -> Map.of("a", tenant));
            CacheRegion region = cache.region("r");
            region.put(region.lookup("l", TEXT), tenant, String.class, TTL);
        }

        await().untilAsserted(() -> {
            assertThat(valuesOf(one)).isEqualTo("\"one\" \"one\" \"one\"");
            assertThat(valuesOf(other)).isEqualTo("\"other\" \"other\" \"other\"");
        });
    }

    @Test
    void callersOfManyTenantsNeverMeet() throws Exception {
        assertThat(foreignOf(cache, 300)).isZero();
        assertThat(cache.inspection().near().hits()).as("hits of copies").isPositive();
    }

    @Test
    void control_oneCacheForAllTargetsHandsOutForeignValues() throws Exception {
        AbstractRoutingDataSource withDefault = router(TENANT::get);
        withDefault.setDefaultTargetDataSource(one.dataSource());
        withDefault.afterPropertiesSet();

        assertThat(foreignOf(
                        one.closing(PostgresCache.builder(withDefault)
                                .partition(Partition.SINGLE)
                                .options(CacheOptions.none().lease(Duration.ZERO))
                                .build()),
                        20))
                .isPositive();
    }

    /** How many of the values that 12 threads get are another tenant's. */
    private static int foreignOf(PostgresCache cache, int calls) throws Exception {
        AtomicInteger foreign = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String tenant = i % 2 == 0 ? "one" : "other";
                callers.add(threads.submit(() -> {
                    enter(tenant);
                    for (int call = 0; call < calls; call++) {
                        if (!tenant.equals(called(
                                cache, tenant, "k" + ThreadLocalRandom.current().nextInt(20)))) {
                            foreign.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        return foreign.get();
    }

    private static @Nullable Object called(PostgresCache cache, String tenant, String key) {
        return switch (ThreadLocalRandom.current().nextInt(6)) {
            case 0 -> cache.getOrLoad(key, String.class, TTL, TENANT::get);
            case 1 ->
                cache.region("r")
                        .getOrLoadAsync(
                                key,
                                TEXT,
                                value -> String.class,
                                TTL,
                                () -> CompletableFuture.completedFuture(TENANT.get()))
                        .join()
                        .value();
            case 2 ->
                cache.getAllOrLoad(List.of(key), String.class, TTL, missing -> Map.of(key, tenant))
                        .get(key);
            case 3 -> cache.async().get(key, String.class).join().orElse(tenant);
            case 4 -> {
                cache.remove(key);
                yield tenant;
            }
            default -> cache.get(key, String.class).orElse(tenant);
        };
    }

    @Test
    void anAsynchronousLoaderRunsOnTheThreadThatHasTheTenantAndItsValueIsStoredThere() {
        enter("one");
        CacheRegion region = cache.region("r");
        CompletableFuture<String> loading = new CompletableFuture<>();
        CompletableFuture<LoadOutcome> outcome = region.getOrLoadAsync(
                "k", TEXT, value -> String.class, TTL, () -> loading.thenApply(suffix -> "one" + suffix));
        enter("other");
        loading.complete("!");

        assertThat(outcome.join().value()).isEqualTo("one!");
        await().untilAsserted(() -> assertThat(valuesOf(one)).isEqualTo("\"one!\""));
        assertThat(valuesOf(other)).isEqualTo("null");
        enter("one");
        assertThat(region.getOrLoadAsync("k", TEXT, value -> String.class, TTL, CompletableFuture::new)
                        .join()
                        .value())
                .isEqualTo("one!");
    }

    @Test
    void whatAThreadLookedUpIsPutIntoItsDatabaseFromAnyThread() {
        enter("one");
        CacheRegion region = cache.region("r");
        Lookup miss = region.lookup("a", TEXT);
        Lookup later = region.lookupAsync("b", TEXT).join();
        Beginning beginning = region.begin();
        TENANT.remove();
        region.put(miss, "one", String.class, TTL);
        region.put(later, "one", String.class, TTL);
        region.put(beginning, "c", "one", String.class, TTL);

        await().untilAsserted(() -> assertThat(valuesOf(one)).isEqualTo("\"one\" \"one\" \"one\""));
    }

    @Test
    void evictionsOfATransactionAreThoseOfItsDatabase() {
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            cache.put("k", tenant, TTL);
        }
        enter("one");
        new TransactionTemplate(new DataSourceTransactionManager(router)).executeWithoutResult(status -> {
            cache.remove("k");
            cache.put("p", "one", TTL);
        });

        assertThat(cache.get("k", String.class)).isEmpty();
        await().untilAsserted(() -> assertThat(valuesOf(one)).contains("\"one\""));
        enter("other");
        assertThat(cache.get("k", String.class)).contains("other");
        assertThat(cache.get("p", String.class)).isEmpty();
    }

    @Test
    void aTenantThatChangesInATransactionStoresNothingForTheNewOne() {
        enter("one");
        new TransactionTemplate(new DataSourceTransactionManager(router)).executeWithoutResult(status -> {
            cache.exists("k"); // the connection is that of "one" now
            enter("other");
            cache.put("p", "one", TTL);
            cache.getOrLoad("l", String.class, TTL, () -> "one");
        });

        assertThat(cache.get("p", String.class)).isEmpty();
        cache.put("last", "other", TTL);
        cache.getOrLoad("l", String.class, TTL, () -> "other");
        await().untilAsserted(() -> assertThat(valuesOf(other)).isEqualTo("\"other\" \"other\""));
    }

    @Test
    void aRouterByReadOnlySharesItsEntries() {
        AbstractRoutingDataSource byReadOnly = routing(
                Map.of("writer", one.dataSource(), "reader", other.dataSource()),
                () -> TransactionSynchronizationManager.isCurrentTransactionReadOnly() ? "reader" : "writer");
        PostgresCache cache = cache(byReadOnly);
        cache.put("k", "one", TTL);
        TransactionTemplate readOnly = new TransactionTemplate(new DataSourceTransactionManager(byReadOnly));
        readOnly.setReadOnly(true);

        Long counted = readOnly.execute(status -> cache.increment("counter", 1, TTL));
        assertThat(counted).isEqualTo(1);
        assertThat(cache.increment("counter", 1, TTL)).isEqualTo(2);
        assertThat(TransactionSynchronizationManager.isCurrentTransactionReadOnly())
                .isFalse();
    }

    @Test
    void routersAreFoundBehindWrappersOfSpring() {
        for (DataSource wrapped : List.of(
                new TransactionAwareDataSourceProxy(router),
                new LazyConnectionDataSourceProxy(router),
                new DelegatingDataSource(router),
                (DataSource) new ProxyFactory(router).getProxy(),
                ProxyFactory.getProxy(DataSource.class, targetSource(router)))) {
            PostgresCache cache = cache(wrapped);
            String key = wrapped.getClass().getName();
            enter("one");
            cache.put(key, "one", TTL);
            enter("other");
            assertThat(cache.get(key, String.class)).as(key).isEmpty();
            enter("one");
            assertThat(cache.get(key, String.class)).as(key).contains("one");
        }
    }

    private static org.springframework.aop.TargetSource targetSource(DataSource target) {
        return new org.springframework.aop.target.SingletonTargetSource(target);
    }

    /** A proxy that hands {@code equals} on is not equal to itself. */
    @Test
    void aTargetBehindAProxyHasOneCache(CapturedOutput output) {
        DataSource observed = ObservedDataSource.of(one.dataSource(), new ObservedDataSource.Listener() {});
        PostgresCache cache = cache(routing(Map.of("one", observed), () -> "one"));
        cache.put("k", "v", TTL);
        cache.get("k", String.class);

        assertThat(output.getOut().split("does not know whether", -1)).hasSize(2);
    }

    @Test
    void aThreadWithoutADatabaseIsToldSo() {
        assertThatThrownBy(() -> cache.get("k", String.class))
                .isInstanceOf(DataAccessResourceFailureException.class)
                .hasMessageContaining("The cache has no database for this thread")
                .hasMessageContaining("lookup key [null]");
        assertThat(cache.async().get("k", String.class)).failsWithin(Duration.ofSeconds(1));
    }

    /** An eviction is tried, whatever is known of the target. */
    @Test
    void aTargetThatCanNotBeReachedFailsAloneAndIsBackAtOnce() {
        AtomicBoolean isAway = new AtomicBoolean(true);
        DataSource target = new DelegatingDataSource(other.dataSource()) {
            @Override
            public Connection getConnection() throws SQLException {
                if (isAway.get()) {
                    throw new SQLException("away", "08001");
                }
                return super.getConnection();
            }
        };
        PostgresCache cache = cache(routing(Map.of("one", one.dataSource(), "away", target), TENANT::get));
        enter("away");
        assertThatThrownBy(() -> cache.get("k", String.class)).hasStackTraceContaining("away");
        assertThatThrownBy(() -> cache.remove("k")).hasStackTraceContaining("away");
        enter("one");
        cache.put("k", "one", TTL);
        assertThatThrownBy(() -> cache.inspection().check()).hasStackTraceContaining("away");
        enter("away");
        isAway.set(false);
        cache.put("k", "back", TTL);
        assertThat(cache.get("k", String.class)).contains("back");
        cache.inspection().check();
    }

    /** Another connection is not to be had, and the eviction needs none. */
    @Test
    void theFirstCallToATargetMayComeInATransactionThatHasTheOnlyConnection() {
        AbstractRoutingDataSource small = routing(Map.of("one", one.newPool(1, true)), () -> "one");
        PostgresCache cache = cache(small);
        new TransactionTemplate(new DataSourceTransactionManager(small))
                .executeWithoutResult(status -> cache.withTags("t").invalidateTags("t"));

        cache.put("k", "v", TTL);
        assertThat(cache.get("k", String.class)).contains("v");
    }

    @Test
    void asynchronousLookupsOfAThreadWithoutADatabaseFailTheirFuture() {
        CacheRegion region = cache.region("r");
        assertThat(region.lookupAsync("k", TEXT)).failsWithin(Duration.ofSeconds(1));
        assertThat(region.getOrLoadAsync("k", TEXT, value -> String.class, TTL, CompletableFuture::new))
                .failsWithin(Duration.ofSeconds(1));
    }

    @Test
    void asynchronousLoadersOfTheCacheRunOnTheThreadThatHasTheTenant() {
        enter("one");
        CompletableFuture<@Nullable String> loaded =
                cache.async().getOrLoad("l", String.class, TTL, () -> CompletableFuture.completedFuture(TENANT.get()));
        assertThat(loaded.join()).isEqualTo("one");
    }

    @Test
    void theCleanupAndTheInspectionSeeEachTarget() {
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            cache.put("expired", tenant, Duration.ofMillis(1));
            cache.region("r").put("k", tenant, String.class, TTL);
            await().pollInSameThread().until(() -> !cache.exists("expired"));
        }
        TENANT.remove();

        assertThat(cache.cleanupExpired()).isEqualTo(2);
        assertThat(cache.inspection().contents().caches())
                .singleElement()
                .satisfies(region -> assertThat(region.entries()).isEqualTo(2));
        assertThat(cache.inspection().keys("r", 10)).containsExactly("k", "k");
        assertThat(cache.inspection().keys("r", 1)).containsExactly("k");
        assertThat(cache.inspection().lastCleanup()).isPresent();
        cache.inspection().check();
    }

    @Test
    void theBoundOnCopiesIsOneForTheProcess() {
        PostgresCache bounded = one.closing(
                PostgresCache.builder(router).nearMaximumSize(1_000_000).build());
        for (String tenant : List.of("one", "other")) {
            enter(tenant);
            bounded.get("k", String.class);
        }

        assertThat(bounded.inspection().near().maximumSize()).isEqualTo(1_000_000);
    }

    @Test
    void tablesAreCreatedInEachTarget() {
        TestDatabase first = one.closing(TestDatabase.create());
        TestDatabase second = one.closing(TestDatabase.create());
        AbstractRoutingDataSource fresh =
                routing(Map.of("one", first.dataSource(), "other", second.dataSource()), () -> TENANT.get());

        assertThatThrownBy(() -> PsycacheSchema.validate(fresh, "", "psycache"))
                .isInstanceOf(PsycacheSchemaException.class);
        PsycacheSchema.create(fresh);
        PsycacheSchema.validate(fresh, "", "psycache");
        PsycacheSchema.validate(second.dataSource(), "", "psycache");
        assertThat(PsycacheSchema.drop(fresh, "", "psycache")).isTrue();
        assertThat(PsycacheSchema.drop(second.dataSource(), "", "psycache")).isFalse();
    }

    @Test
    void nothingIsLoadedInTheBackgroundWhereTheTenantIsNotKnown() {
        PostgresCache refreshing = one.closing(PostgresCache.builder(router)
                .options(CacheOptions.DEFAULTS.staleWhileRevalidate(Duration.ofMinutes(1)))
                .build());
        enter("one");
        refreshing.put("k", "old", Duration.ofMillis(1));
        await().pollInSameThread().until(() -> !refreshing.exists("k"));

        assertThat(refreshing.getOrLoad("k", String.class, TTL, TENANT::get)).isEqualTo("one");
    }
}
