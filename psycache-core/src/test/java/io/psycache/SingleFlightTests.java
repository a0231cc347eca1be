package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.testsupport.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One load per key, and what those who wait for it receive. */
class SingleFlightTests {
    @RegisterExtension
    private static final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    private static final PostgresCache cache =
            database.closing(PostgresCache.builder(database.dataSource()).build());

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Thread> callers = new ArrayList<>();

    @AfterEach
    void empty() {
        threads.shutdownNow();
        cache.exists("k"); // waits until what was loaded is stored
    }

    /** A caller, known to be inside the call once {@link #areWaiting} says so. */
    private <T> Future<T> call(Callable<T> call) {
        return threads.submit(() -> {
            synchronized (callers) {
                callers.add(Thread.currentThread());
            }
            return call.call();
        });
    }

    private void areWaiting(int count) {
        await().until(() -> {
            synchronized (callers) {
                return callers.stream()
                                .filter(SingleFlightTests::isParkedInTheFlight)
                                .count()
                        == count;
            }
        });
    }

    static boolean isParkedInTheFlight(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && List.of(thread.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getClassName().endsWith(".SingleFlight")
                                && frame.getMethodName().equals("wait"));
    }

    @Test
    void manyCallersLoadOnce() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            results.add(call(() -> cache.getOrLoad("k", Integer.class, () -> {
                release.await();
                return loads.incrementAndGet();
            })));
        }
        areWaiting(19);
        release.countDown();

        for (Future<Integer> result : results) {
            assertThat(result.get()).isEqualTo(1);
        }
        assertThat(loads).hasValue(1);
    }

    @Test
    void waiterOfAFencedLoadGetsAgain() throws Exception {
        AtomicInteger truth = new AtomicInteger(1);
        CountDownLatch loaded = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<Integer> leader = call(() -> cache.getOrLoad("k", Integer.class, () -> {
            int value = truth.get();
            loaded.countDown();
            release.await();
            return value;
        }));
        loaded.await();
        truth.set(2);
        cache.remove("k"); // the change commits; whoever begins now must see 2
        Future<Integer> waiter = call(() -> cache.getOrLoad("k", Integer.class, truth::get));
        areWaiting(1);
        release.countDown();

        assertThat(leader.get()).isEqualTo(1);
        assertThat(waiter.get()).isEqualTo(2);
        assertThat(cache.get("k", Integer.class)).contains(2);
    }

    @Test
    void waitersTakeAValueThatCannotBeStoredIfItIsCurrent() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Object>> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            results.add(call(() -> cache.region("r")
                    .getOrLoad("k", stored -> String.class, value -> String.class, null, () -> {
                        release.await();
                        return "nul \0 " + loads.incrementAndGet();
                    })
                    .value()));
        }
        areWaiting(2);
        release.countDown();

        for (Future<Object> result : results) {
            assertThat(result.get()).isEqualTo("nul \0 1");
        }
    }

    @Test
    void waitersOfAFailingLoadGetItsFailure() throws Exception {
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch release = new CountDownLatch(1);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            results.add(call(() -> cache.getOrLoad("k", Integer.class, () -> {
                release.await();
                throw new IllegalStateException("load " + loads.incrementAndGet());
            })));
        }
        areWaiting(2);
        release.countDown();

        for (Future<Integer> result : results) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(result::get)
                    .withCauseInstanceOf(CacheLoadException.class)
                    .withRootCauseInstanceOf(IllegalStateException.class);
        }
        assertThat(loads).hasValue(1);
        assertThat(cache.getOrLoad("k", Integer.class, () -> 7)).isEqualTo(7);
    }

    @Test
    void interruptedWaiterLoadsOnItsOwn() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch loading = new CountDownLatch(1);
        Future<Integer> leader = call(() -> cache.getOrLoad("k", Integer.class, () -> {
            loading.countDown();
            release.await();
            return 1;
        }));
        loading.await();
        Future<Boolean> waiter = call(() -> {
            Integer value = cache.getOrLoad("k", Integer.class, () -> 2);
            return value == 2 && Thread.currentThread().isInterrupted();
        });
        areWaiting(1);
        synchronized (callers) {
            callers.stream().filter(SingleFlightTests::isParkedInTheFlight).forEach(Thread::interrupt);
        }

        assertThat(waiter.get()).isTrue();
        release.countDown();
        assertThat(leader.get()).isEqualTo(1);
    }

    @Test
    void loaderThatAsksForItsOwnKeySaysSo() {
        assertThatExceptionOfType(CacheLoadException.class)
                .isThrownBy(
                        () -> cache.getOrLoad("k", Integer.class, () -> cache.getOrLoad("k", Integer.class, () -> 1)))
                .withRootCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("'k'");
    }

    @Test
    void loaderMayAskForOtherKeys() {
        assertThat(cache.getOrLoad("a", Integer.class, () -> cache.getOrLoad("b", Integer.class, () -> 1)))
                .isEqualTo(1);
        assertThat(cache.getAll(List.of("a", "b"), Integer.class)).hasSize(2);
    }

    @Test
    void loadersThatNeedEachOthersKeysDoNotWaitForEver() throws Exception {
        CountDownLatch bothLoading = new CountDownLatch(2);
        Future<String> first = call(() -> cache.getOrLoad("a", String.class, () -> {
            bothLoading.countDown();
            bothLoading.await();
            return "a" + cache.getOrLoad("b", String.class, () -> "b alone");
        }));
        Future<String> second = call(() -> cache.getOrLoad("b", String.class, () -> {
            bothLoading.countDown();
            bothLoading.await();
            return "b" + cache.getOrLoad("a", String.class, () -> "a alone");
        }));

        assertThat(List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS)))
                .isSubsetOf("ab alone", "ba alone", "aba alone", "bab alone");
    }
}
