package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheSettings.Partition;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import io.psycache.codec.CodecException;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Loaded values are stored behind their callers, who notice nothing of that. */
class StoredBehindTests {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Writer writer = new Writer();
    private final PostgresCache cache = cache(CacheOptions.none());

    /** Holds the statements of the thread that stores behind callers. */
    private static final class Writer implements ObservedDataSource.Listener {
        private volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public void executes(String sql) {
            if (Thread.currentThread().getName().equals("psycache-writer")) {
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private PostgresCache cache(CacheOptions options) {
        return database.closing(PostgresCache.builder(ObservedDataSource.of(database.dataSource(), writer))
                .partition(Partition.SINGLE)
                .options(options)
                .timeout(TIMEOUT)
                .build());
    }

    @AfterEach
    void release() {
        writer.gate.countDown();
        threads.shutdownNow();
    }

    /** Stores what is queued once {@code call} waits for it, or has ended without. */
    private <T> T whileStoring(Callable<T> call) throws Exception {
        Thread[] caller = new Thread[1];
        CountDownLatch begun = new CountDownLatch(1);
        Future<T> result = threads.submit(() -> {
            caller[0] = Thread.currentThread();
            begun.countDown();
            return call.call();
        });
        begun.await();
        await().until(() -> result.isDone() || isParkedOutsideOfALane(caller[0]));
        writer.gate.countDown();
        return result.get(20, TimeUnit.SECONDS);
    }

    private static boolean isParkedOutsideOfALane(Thread thread) {
        return Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING).contains(thread.getState())
                && Arrays.stream(thread.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().startsWith("io.psycache.internal.lane"));
    }

    private void load(String key, Object value) {
        writer.gate = new CountDownLatch(1);
        assertThat(cache.getOrLoad(key, Object.class, () -> value)).isEqualTo(value);
    }

    /** The second get's batch is answered in the lane, and what follows on it is done, once a call after it is. */
    private void secondHasJoined() {
        await().until(() -> cache.async()
                        .get("other", Integer.class)
                        .thenApply(found -> true)
                        .join()
                && nobodyIsTold());
    }

    private static boolean nobodyIsTold() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("psycache-async"))
                .noneMatch(thread -> thread.getState() == Thread.State.RUNNABLE);
    }

    @Test
    void whatDependsOnAFutureDoesNotHoldTheWriter() throws Exception {
        CompletableFuture<Integer> loaded = new CompletableFuture<>();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        CompletableFuture<String> where = new CompletableFuture<>();
        CompletableFuture<@Nullable Integer> first = cache.async().getOrLoad("k", Integer.class, () -> {
            loading.countDown();
            return loaded;
        });
        loading.await();
        CompletableFuture<@Nullable Integer> second =
                cache.async().getOrLoad("k", Integer.class, () -> CompletableFuture.completedFuture(2));
        second.thenAccept(value -> {
            where.complete(Thread.currentThread().getName());
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        secondHasJoined();
        loaded.complete(1);
        first.join();
        try {
            assertThat(where.get(10, TimeUnit.SECONDS)).isNotEqualTo("psycache-writer");
        } finally {
            done.countDown();
        }
    }

    @Test
    void incrementCountsFromALoadedValue() throws Exception {
        load("n", 5);
        assertThat(whileStoring(() -> cache.increment("n"))).isEqualTo(6);
    }

    @Test
    void flushCountsALoadedValue() throws Exception {
        load("n", 5);
        assertThat(whileStoring(cache::flush)).isEqualTo(1);
    }

    @Test
    void invalidateTellsThatALoadedValueWasThere() throws Exception {
        CacheRegion region = cache.region("r");
        writer.gate = new CountDownLatch(1);
        region.getOrLoad("k", stored -> Integer.class, value -> Integer.class, null, () -> 5);
        assertThat(whileStoring(region::invalidate)).isTrue();
    }

    private static final class Failing implements CacheCodec {
        private final CacheCodec codec = CacheCodecs.detect();

        @Override
        public byte[] encode(@Nullable Object value, @Nullable Type type) throws CodecException {
            if (Objects.equals(value, 13)) {
                throw new NoClassDefFoundError("simulated");
            }
            if (Objects.equals(value, 14)) {
                return "\"\\ud800\"".getBytes(StandardCharsets.UTF_8);
            }
            return codec.encode(value, type);
        }

        @Override
        public @Nullable Object decode(byte[] json, Type type) throws CodecException {
            return codec.decode(json, type);
        }
    }

    @Test
    void callersThatWaitDoNotHangWhereAValueCannotBeStoredForAnError() throws Exception {
        PostgresCache failing = cache(CacheOptions.none().codec(new Failing()).lease(Duration.ofMinutes(5)));
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Future<Integer> first = threads.submit(() -> failing.getOrLoad("k", Integer.class, () -> {
            loading.countDown();
            release.await();
            return 13;
        }));
        loading.await();
        List<Thread> waiting = new ArrayList<>();
        Future<Integer> second = threads.submit(() -> {
            synchronized (waiting) {
                waiting.add(Thread.currentThread());
            }
            return failing.getOrLoad("k", Integer.class, () -> 1);
        });
        await().until(() -> {
            synchronized (waiting) {
                return waiting.stream().anyMatch(SingleFlightTests::isParkedInTheFlight);
            }
        });
        release.countDown();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> first.get(10, TimeUnit.SECONDS))
                .withCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(1);
        await().until(() -> database.queryForLong("select count(*) from psycache_lease") == 0);
    }

    @Test
    void aValueThatPostgresRefusesGivesItsLeaseUp() {
        PostgresCache failing = cache(CacheOptions.none().codec(new Failing()).lease(Duration.ofMinutes(5)));

        assertThat(failing.getOrLoad("k", Integer.class, () -> 14)).isEqualTo(14);
        await().until(() -> database.queryForLong("select count(*) from psycache_lease") == 0);
        assertThat(failing.get("k", Integer.class)).isEmpty();
    }

    @Test
    void aRefreshedValueThatPostgresRefusesRemovesTheOldOne() {
        AtomicInteger loads = new AtomicInteger();
        PostgresCache stale =
                cache(CacheOptions.none().codec(new Failing()).staleWhileRevalidate(Duration.ofMinutes(5)));
        Callable<Integer> loader = () -> loads.incrementAndGet() == 1 ? 1 : 14;
        stale.getOrLoad("k", Integer.class, Duration.ofMinutes(1), loader);
        stale.exists("k");
        database.execute("update psycache set expires_at = statement_timestamp() - interval '1 second'");
        stale.getOrLoad("k", Integer.class, Duration.ofMinutes(1), loader);
        await().until(() -> loads.get() == 2);
        await().until(() -> database.queryForLong("select count(*) from psycache") == 0);
    }
}
