package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.cache.Cache;

/** {@code sync = true} in two processes on one database. */
class SynchronizedProcessesTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private Cache cache(PostgresCacheConfiguration configuration) {
        PostgresCache process = database.closing(
                PostgresCache.builder(database.newPool(2, true)).build());
        return CacheFixture.cache(
                PostgresCacheManager.builder(process).defaults(configuration).build(), "users");
    }

    /** Two callers, each in a process of its own, of whom no one is done before the other has begun. */
    private List<Future<Integer>> callers(PostgresCacheConfiguration configuration, CountDownLatch begun) {
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Cache cache = cache(configuration);
            results.add(threads.submit(() -> {
                start.await();
                return cache.get("k", () -> {
                    int load = loads.incrementAndGet();
                    begun.countDown();
                    begun.await();
                    return load;
                });
            }));
        }
        return results;
    }

    @Test
    void theyLoadOnce() throws Exception {
        for (Future<Integer> result : callers(PostgresCacheConfiguration.defaults(), new CountDownLatch(1))) {
            assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void withoutLeasesEachLoads() throws Exception {
        PostgresCacheConfiguration alone = PostgresCacheConfiguration.defaults()
                .options(CacheOptions.none().lease(Duration.ZERO));
        for (Future<Integer> result : callers(alone, new CountDownLatch(2))) {
            assertThat(result.get(60, TimeUnit.SECONDS)).isIn(1, 2);
        }
        assertThat(loads).hasValue(2);
    }
}
