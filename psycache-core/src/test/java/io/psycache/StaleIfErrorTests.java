package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.LoadOutcome.Source;
import io.psycache.LoadOutcome.Storage;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Expired values that are returned because their loader has failed. */
@ExtendWith(OutputCaptureExtension.class)
class StaleIfErrorTests {
    private static final Duration TTL = Duration.ofMinutes(1);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final AtomicInteger served = new AtomicInteger();
    private final AtomicInteger loads = new AtomicInteger();
    private final CacheInstrumentation observer = new CacheInstrumentation() {
        @Override
        public void recordStaleIfError(@Nullable String spanName) {
            served.incrementAndGet();
        }
    };
    private final PostgresCache cache = newCache(options -> options.staleIfError(Duration.ofMinutes(5)));

    private PostgresCache newCache(UnaryOperator<CacheOptions> options) {
        return database.closing(PostgresCache.builder(database.dataSource())
                .options(options.apply(CacheOptions.none()))
                .instrumentations(List.of(observer))
                .build());
    }

    private int fail() {
        loads.incrementAndGet();
        throw new IllegalStateException("the shop does not answer");
    }

    private @Nullable Integer getOrFail() {
        return cache.getOrLoad("key", Integer.class, TTL, this::fail);
    }

    private static ThrowableAssertAlternative<CacheLoadException> assertThatLoadFails(Callable<?> call) {
        return assertThatExceptionOfType(CacheLoadException.class).isThrownBy(call::call);
    }

    private void putExpired(String key, int value) {
        cache.withTags("tag").put(key, value, TTL);
        expiredFor("1 second");
    }

    private void expiredFor(String time) {
        database.execute("update psycache set expires_at = statement_timestamp() - interval '" + time + "'");
    }

    private <T> T inTransaction(Callable<T> work) {
        return new TransactionTemplate(new DataSourceTransactionManager(database.dataSource())).execute(status -> {
            try {
                return work.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private boolean invalidate() {
        return inTransaction(() -> {
            cache.invalidateTags("tag");
            return true;
        });
    }

    @Test
    void aFailedLoadComesToTheExpiredValue() {
        putExpired("key", 0);
        assertThat(getOrFail()).isZero();
        assertThat(getOrFail()).isZero();
        assertThat(loads).hasValue(2);
        assertThat(served).hasValue(2);
    }

    @Test
    void theOutcomeSaysThatItIsStaleAndNothingIsStored() {
        CacheRegion region = cache.region("shop");
        region.put("key", 0, Integer.class, TTL);
        expiredFor("1 second");

        LoadOutcome outcome = region.getOrLoad("key", type -> Integer.class, value -> Integer.class, TTL, this::fail);

        assertThat(outcome).isEqualTo(new LoadOutcome(0, Source.STALE, Storage.NONE, null, null, null, null));
        assertThat(region.lookup("key", type -> Integer.class).isHit()).isFalse();
    }

    @Test
    void theNextLoadThatSucceedsIsStored() {
        putExpired("key", 0);
        getOrFail();
        assertThat(cache.getOrLoad("key", Integer.class, TTL, () -> 1)).isEqualTo(1);
        assertThat(cache.get("key", Integer.class)).contains(1);
    }

    /** The row is still there, as removing its invalidation shows. */
    @Test
    void aValueThatWasInvalidatedBeforeIsNotReturned() {
        putExpired("key", 0);
        invalidate();
        assertThatLoadFails(this::getOrFail).withCauseInstanceOf(IllegalStateException.class);
        assertThat(served).hasValue(0);

        database.execute("delete from psycache_invalidation");
        assertThat(getOrFail()).isZero();
    }

    @Test
    void aValueThatIsInvalidatedWhileItLoadsIsNotReturned() {
        putExpired("key", 0);
        assertThatLoadFails(() -> cache.getOrLoad("key", Integer.class, TTL, () -> {
            invalidate();
            return fail();
        }));
    }

    @Test
    void aValueThatIsStoredWhileItLoadsIsReturnedAndIsNotStale() {
        putExpired("key", 0);
        Integer value = cache.getOrLoad("key", Integer.class, TTL, () -> {
            newCache(options -> options).put("key", 1, TTL);
            return fail();
        });
        assertThat(value).isEqualTo(1);
        assertThat(served).hasValue(0);
    }

    @Test
    void aValueThatHasExpiredTooLongAgoIsNotReturned() {
        putExpired("key", 0);
        expiredFor("6 minutes");
        assertThatLoadFails(this::getOrFail);

        expiredFor("4 minutes");
        assertThat(getOrFail()).isZero();
    }

    @Test
    void withoutTheOptionTheFailurePropagates() {
        putExpired("key", 0);
        assertThatLoadFails(() -> newCache(options -> options).getOrLoad("key", Integer.class, TTL, this::fail));
    }

    @Test
    void callersWithoutALoaderFindNothing() {
        putExpired("key", 0);
        assertThat(cache.get("key", Integer.class)).isEmpty();
        assertThat(cache.exists("key")).isFalse();
        assertThat(cache.putIfAbsent("key", 5, TTL)).isTrue();
    }

    @Test
    void inATransactionTheFailurePropagates() {
        putExpired("key", 0);
        assertThatLoadFails(() -> inTransaction(this::getOrFail));
    }

    /** Its value would be made of an old one and live for a whole ttl. */
    @Test
    void withinAnotherLoadTheFailurePropagates() {
        putExpired("key", 0);
        assertThatLoadFails(() -> cache.getOrLoad("outer", Integer.class, TTL, this::getOrFail))
                .withCauseInstanceOf(CacheLoadException.class);
        assertThatLoadFails(() -> cache.getAllOrLoad(
                        List.of("outer"), Integer.class, TTL, missing -> Map.of("outer", getOrFail())))
                .withCauseInstanceOf(CacheLoadException.class);
        assertThatLoadFails(() -> cache.getOrLoad("outer", Integer.class, TTL, () -> {
            cache.getOrLoad("another", Integer.class, TTL, () -> 1);
            return getOrFail();
        }));
        assertThat(getOrFail()).isZero();
    }

    @Test
    void anErrorPropagates() {
        putExpired("key", 0);
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> cache.getOrLoad("key", Integer.class, TTL, () -> {
                    throw new StackOverflowError();
                }));
    }

    @Test
    void anInterruptionOfTheLoaderPropagates() {
        putExpired("key", 0);
        assertThatLoadFails(() -> cache.getOrLoad("key", Integer.class, TTL, () -> {
                    throw new InterruptedException();
                }))
                .withCauseInstanceOf(InterruptedException.class);
    }

    @Test
    void aLookupThatFailsTooIsSuppressedInTheFailureOfTheLoader() {
        putExpired("key", 0);
        CacheLoadException failure = assertThatLoadFails(() -> cache.getOrLoad("key", Integer.class, TTL, () -> {
                    database.execute("alter table psycache rename to gone");
                    return fail();
                }))
                .actual();
        assertThat(failure).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(failure.getSuppressed()).hasSize(1).hasOnlyElementsOfType(DataAccessException.class);
    }

    /** Each of them looks for itself. */
    @Test
    void callersThatWaitForTheLoadGetTheExpiredValueToo() {
        putExpired("key", 0);
        assertThat(whileAnotherWaits(() -> {})).containsExactly(0, 0);
        assertThat(loads).hasValue(1);
        assertThat(served).hasValue(2);
    }

    @Test
    void callersThatWaitForTheLoadGetNothingThatIsInvalidatedMeanwhile() {
        putExpired("key", 0);
        assertThat(whileAnotherWaits(this::invalidate)).containsExactly(null, null);
        assertThat(loads).hasValue(1);
    }

    /** @return what two callers of one load got; null = its failure */
    private List<@Nullable Integer> whileAnotherWaits(Runnable work) {
        CountDownLatch release = new CountDownLatch(1);
        Callable<Integer> load = () -> {
            loads.incrementAndGet();
            release.await();
            throw new IllegalStateException("the shop does not answer");
        };
        CompletableFuture<@Nullable Integer> first = new CompletableFuture<>();
        CompletableFuture<@Nullable Integer> second = new CompletableFuture<>();
        start(load, first);
        await().until(() -> loads.get() == 1);
        Thread waiting = start(load, second);
        await().until(() -> SingleFlightTests.isParkedInTheFlight(waiting));
        work.run();
        release.countDown();
        return Arrays.asList(first.join(), second.join());
    }

    private Thread start(Callable<Integer> load, CompletableFuture<@Nullable Integer> result) {
        Thread caller = new Thread(() -> {
            try {
                result.complete(cache.getOrLoad("key", Integer.class, TTL, load));
            } catch (CacheLoadException e) {
                result.complete(null);
            }
        });
        caller.start();
        return caller;
    }

    @Test
    void callersThatAreToldGetTheExpiredValue() {
        putExpired("key", 0);
        CompletableFuture<Integer> loading = new CompletableFuture<>();
        CompletableFuture<Integer> value = cache.async().getOrLoad("key", Integer.class, TTL, () -> loading);
        loading.completeExceptionally(new IllegalStateException("the shop does not answer"));
        assertThat(value.join()).isZero();
    }

    @Test
    void callersThatAreToldWithinALoadGetTheFailure() {
        putExpired("key", 0);
        CompletableFuture<Integer> outer = cache.async()
                .getOrLoad(
                        "outer",
                        Integer.class,
                        TTL,
                        () -> cache.async()
                                .getOrLoad(
                                        "key",
                                        Integer.class,
                                        TTL,
                                        () -> CompletableFuture.failedFuture(
                                                new IllegalStateException("the shop does not answer"))));
        assertThat(outer).failsWithin(Duration.ofMinutes(1));
    }

    @Test
    void aFailedLoadOfManyComesToTheirExpiredValues() {
        putExpired("a", 1);
        putExpired("b", 2);
        cache.put("c", 3, TTL);
        Set<String> keys = Set.of("a", "b", "c");
        assertThat(cache.getAllOrLoad(keys, Integer.class, TTL, missing -> Map.of("a", fail())))
                .isEqualTo(Map.of("a", 1, "b", 2, "c", 3));
        assertThat(cache.async()
                        .getAllOrLoad(
                                keys,
                                Integer.class,
                                TTL,
                                missing -> CompletableFuture.failedFuture(new IllegalStateException()))
                        .join())
                .isEqualTo(Map.of("a", 1, "b", 2, "c", 3));
        assertThat(served).hasValue(4);
    }

    /** A map without the key would say that there is no such value. */
    @Test
    void aFailedLoadOfManyFailsIfOneHasNoValue() {
        putExpired("a", 1);
        assertThatLoadFails(
                () -> cache.getAllOrLoad(List.of("a", "b"), Integer.class, TTL, missing -> Map.of("a", fail())));
        assertThat(served).hasValue(0);
    }

    @Test
    void theLogNamesKeyAndCauseOnce(CapturedOutput output) {
        putExpired("key", 0);
        getOrFail();
        getOrFail();
        assertThat(output.getOut())
                .containsOnlyOnce("The loader of cache entry 'key' failed: java.lang.IllegalStateException:"
                        + " the shop does not answer; its expired value is returned");
    }

    @Test
    void rowsAreKeptForTheLongerOfBothTimes() {
        newCache(options -> options.staleIfError(Duration.ofMinutes(2)).staleWhileRevalidate(Duration.ofMinutes(3)))
                .put("revalidate", 0, TTL);
        newCache(options -> options.staleIfError(Duration.ofMinutes(3)).staleWhileRevalidate(Duration.ofMinutes(2)))
                .put("error", 0, TTL);
        assertThat(database.queryForLong(
                        "select count(*) from psycache where stale_until - expires_at between '179 s' and '181 s'"))
                .isEqualTo(2);
    }

    @Test
    void afterTheTimeOfStaleWhileRevalidateTheCallerLoadsFirst() {
        PostgresCache both = newCache(
                options -> options.staleIfError(Duration.ofMinutes(5)).staleWhileRevalidate(Duration.ofMinutes(2)));
        both.put("key", 0, TTL);
        expiredFor("3 minutes");
        assertThat(both.getOrLoad("key", Integer.class, TTL, this::fail)).isZero();
        assertThat(loads).hasValue(1);
        assertThat(both.getOrLoad("key", Integer.class, TTL, () -> 1)).isEqualTo(1);
    }

    @Test
    void theCleanupDeletesTheRowOnceItMayNotBeReturned() {
        putExpired("key", 0);
        assertThat(cache.cleanupExpired()).isZero();
        database.execute("update psycache set stale_until = statement_timestamp() - interval '1 second'");
        assertThat(cache.cleanupExpired()).isEqualTo(1);
    }
}
