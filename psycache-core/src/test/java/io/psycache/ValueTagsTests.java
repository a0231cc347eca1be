package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheRegion.TagFunction;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tags that are computed from the value that is put. */
class ValueTagsTests {
    @RegisterExtension
    private static final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    private static final PostgresCache cache =
            database.closing(PostgresCache.builder(database.dataSource()).build());

    private final CacheRegion region =
            cache.region("r").withTags("fixed").withTagsOf((key, value) -> List.of("is:" + value));
    private final List<RuntimeException> notStored = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void empty() {
        threads.shutdownNow();
        cache.exists("k"); // waits for what is being stored behind a caller, which the next test must not find
    }

    private static @Nullable Type readAs(@Nullable String stored) {
        return String.class;
    }

    private Lookup lookup() {
        return region.lookup("k", ValueTagsTests::readAs);
    }

    private @Nullable Object getOrLoad(CacheRegion region, Callable<String> loader) {
        LoadOutcome outcome = region.getOrLoad("k", ValueTagsTests::readAs, value -> String.class, null, loader);
        if (outcome.problem() != null) {
            notStored.add(outcome.problem());
        }
        return outcome.value();
    }

    static Stream<BiConsumer<ValueTagsTests, String>> puts() {
        return Stream.of(
                (test, value) -> test.region.put("k", value, String.class, null),
                (test, value) -> test.region.put(test.lookup(), value, String.class, null),
                (test, value) -> test.region.put(test.region.begin(), "k", value, String.class, null),
                (test, value) -> test.region.putIfAbsent("k", value, String.class, null, ValueTagsTests::readAs),
                (test, value) -> test.getOrLoad(test.region, () -> value));
    }

    @ParameterizedTest
    @MethodSource("puts")
    void everyPutCarriesThem(BiConsumer<ValueTagsTests, String> put) {
        put.accept(this, "v");
        assertThat(cache.exists("k")).isTrue();
        assertThat(database.queryForString("select tags from psycache")).isEqualTo("{c:r,t:fixed,t:is:v}");
        cache.invalidateTags("is:other");
        assertThat(lookup().isHit()).isTrue();
        cache.invalidateTags("is:v");
        assertThat(lookup().isHit()).isFalse();
    }

    @Test
    void anInvalidationDuringTheLoadFencesIt() {
        Lookup miss = lookup();
        cache.invalidateTags("is:v");
        region.put(miss, "v", String.class, null);
        assertThat(lookup().isHit()).isFalse();
        getOrLoad(region, () -> {
            cache.invalidateTags("is:v");
            return "v";
        });
        assertThat(lookup().isHit()).isFalse();
    }

    private Object waiterOfALoadDuringWhich(String loaded, TagFunction tags, Consumer<PostgresCache> change)
            throws Exception {
        CacheRegion tagged = cache.region("r").withTagsOf(tags);
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<?> leader = threads.submit(() -> getOrLoad(tagged, () -> {
            loading.countDown();
            release.await();
            return loaded + loads.incrementAndGet();
        }));
        loading.await();
        change.accept(cache);
        Thread[] waiting = new Thread[1];
        Future<Object> waiter = threads.submit(() -> {
            waiting[0] = Thread.currentThread();
            return getOrLoad(tagged, () -> loaded + loads.incrementAndGet());
        });
        await().until(() -> waiting[0] != null && SingleFlightTests.isParkedInTheFlight(waiting[0]));
        release.countDown();
        leader.get();
        return waiter.get();
    }

    @Test
    void aWaiterTakesWhatIsCurrent() throws Exception {
        assertThat(waiterOfALoadDuringWhich("v", (key, value) -> List.of("first"), cache -> {}))
                .isEqualTo("v1");
    }

    @Test
    void aWaiterOfAFencedValueLoads() throws Exception {
        TagFunction first = (key, value) -> List.of("first");
        assertThat(waiterOfALoadDuringWhich("v", first, cache -> cache.invalidateTags("first")))
                .isEqualTo("v2");
    }

    @Test
    void aWaiterOfAFencedValueThatCannotBeStoredLoads() throws Exception {
        TagFunction first = (key, value) -> List.of("first");
        assertThat(waiterOfALoadDuringWhich("nul \0 ", first, cache -> cache.invalidateTags("first")))
                .isEqualTo("nul \0 2");
    }

    @Test
    void aWaiterOfAValueWithoutTagsLoads() throws Exception {
        TagFunction failing = (key, value) -> {
            throw new CacheValueException(key, "String", "no tags", null);
        };
        assertThat(waiterOfALoadDuringWhich("v", failing, cache -> {})).isEqualTo("v2");
        assertThat(notStored).hasSize(2);
    }

    @Test
    void aValueWhoseTagCannotBeStoredIsNotStored() {
        assertThat(getOrLoad(region, () -> "nul \0")).isEqualTo("nul \0");
        assertThat(lookup().isHit()).isFalse();
        assertThat(notStored)
                .singleElement()
                .satisfies(reason -> assertThat(reason)
                        .hasMessageContaining("'k'")
                        .hasMessageContaining("tag must not contain NUL"));
        assertThatExceptionOfType(CacheValueException.class)
                .isThrownBy(() -> region.put("k", "nul \0", String.class, null));
    }
}
