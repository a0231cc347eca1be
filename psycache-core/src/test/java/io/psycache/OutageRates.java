package io.psycache;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.testsupport.FaultyNetwork;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * 64 threads that get or load while the database does not answer: their rate, beside that of the loaders alone. Run it with {@code
 * -Dpsycache.outage.seconds=30}.
 */
final class OutageRates implements AutoCloseable {
    private static final int THREADS = 64;
    private static final int KEYS = 10_000;
    private static final long LOAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final TestDatabase database;
    private final FaultyNetwork network;
    private final HikariDataSource pool;
    private final PostgresCache cache;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final LongAdder calls = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicLong mostConnections = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();

    OutageRates(TestDatabase database) {
        this.database = database;
        this.network = database.newNetwork();
        this.pool = database.newPool(network, 10);
        this.cache = PostgresCache.builder(pool).build();
    }

    FaultyNetwork network() {
        return network;
    }

    PostgresCache cache() {
        return cache;
    }

    private static String load(String key) {
        LockSupport.parkNanos(LOAD_NANOS);
        return key;
    }

    /** What a cache manager does with the failure policy {@code miss}. */
    private String getOrLoad(String key) throws Exception {
        try {
            return String.valueOf(cache.getOrLoad(key, String.class, () -> load(key)));
        } catch (DataAccessException e) {
            return load(key);
        }
    }

    /** Calls a second of loaders alone. */
    double loadersAlone(Duration time) {
        return rate(time, OutageRates::load);
    }

    private interface Call {
        String call(String key) throws Exception;
    }

    private double rate(Duration time, Call call) {
        start(call);
        double rate = rate(time);
        stop();
        return rate;
    }

    void start() {
        start(this::getOrLoad);
    }

    private void start(Call call) {
        ended.set(false);
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> callUntilEnded(call), "reader");
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void callUntilEnded(Call call) {
        while (!ended.get()) {
            String key = "k" + ThreadLocalRandom.current().nextInt(KEYS);
            try {
                if (!call.call(key).equals(key)) {
                    errors.increment();
                }
            } catch (Exception e) {
                errors.increment();
            }
            calls.increment();
        }
    }

    /** Calls a second from now on. */
    double rate(Duration time) {
        long before = calls.sum();
        long began = System.nanoTime();
        pass(time);
        return (calls.sum() - before) * 1e9 / (System.nanoTime() - began);
    }

    private void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            if (pool.getHikariPoolMXBean() != null) {
                mostConnections.accumulateAndGet(pool.getHikariPoolMXBean().getActiveConnections(), Math::max);
            }
            LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(10)));
        }
    }

    /** The time until gets find values again. */
    Duration recovery() {
        long began = System.nanoTime();
        await(() -> !cache.inspection().breaker().isOpen()
                && cache.get("kept", String.class).isPresent());
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private static void await(Callable<Boolean> condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!isMet(condition) && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static boolean isMet(Callable<Boolean> condition) {
        try {
            return condition.call();
        } catch (Exception e) {
            return false;
        }
    }

    void keep() {
        cache.put("kept", "kept", Duration.ofHours(1));
    }

    void stop() {
        ended.set(true);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        threads.clear();
    }

    long errors() {
        return errors.sum();
    }

    long mostConnections() {
        return mostConnections.getAndSet(0);
    }

    static String line(
            String fault, double first, double rate, double alone, @Nullable Duration recovery, long connections) {
        return String.format(
                Locale.ROOT,
                "%-20s first 2 s %6.0f/s; then %6.0f/s = %.2f of %6.0f/s; recovery %s ms; at most %d connections",
                fault,
                first,
                rate,
                rate / alone,
                alone,
                recovery == null ? "-" : recovery.toMillis(),
                connections);
    }

    @Override
    public void close() {
        stop();
        network.heal();
        cache.close();
    }
}
