package io.psycache.near;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheLoadException;
import io.psycache.CacheOptions;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A process with copies. Its writers add 1 to rows of their own and evict what was cached of them, in one transaction. Its readers
 * compare each value with what was committed before they asked. It ends with its input, or at the first value that is too old.
 */
final class NearProcess implements CacheInstrumentation {
    static final String STALE = "STALE";
    static final String CALLS = "calls";
    private static final int READERS = 3;
    private static final int WRITERS = 2;
    private static final Duration TTL = Duration.ofMinutes(1);

    private final int number;
    private final long seed;
    private final long maxAge;
    private final SharedTruth truth;
    private final HikariDataSource pool;
    private final PostgresCache cache;
    private final TransactionTemplate transactions;
    private final JdbcTemplate jdbc;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile boolean ended;

    /**
     * @param served the age up to which copies are served
     * @param checked the age up to which they are right
     */
    private NearProcess(int number, String url, Path file, long seed, Duration served, Duration checked) {
        this.number = number;
        this.seed = seed + number;
        this.maxAge = checked.toNanos();
        this.truth = new SharedTruth(file);
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(10);
        config.setConnectionTimeout(1_000);
        this.pool = new HikariDataSource(config);
        this.cache = PostgresCache.builder(pool)
                .options(CacheOptions.none().maxStaleness(served))
                .logRetention(Duration.ofSeconds(2))
                .instrumentations(List.of(this))
                .build();
        this.transactions = new TransactionTemplate(new DataSourceTransactionManager(pool));
        this.jdbc = new JdbcTemplate(pool);
    }

    public static void main(String[] arguments) throws Exception {
        NearProcess process = new NearProcess(
                Integer.parseInt(arguments[0]),
                arguments[1],
                Path.of(arguments[2]),
                Long.parseLong(arguments[3]),
                Duration.ofMillis(Long.parseLong(arguments[4])),
                Duration.ofMillis(Long.parseLong(arguments[5])));
        process.run();
    }

    private void run() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            Random random = new Random(seed + 100 * i);
            int writer = i;
            threads.add(new Thread(() -> repeat(() -> write(writer, random))));
        }
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed + 1_000 * i);
            threads.add(new Thread(() -> repeat(() -> read(random))));
        }
        threads.add(new Thread(() -> repeat(this::cleanUp)));
        threads.forEach(Thread::start);
        while (System.in.read() >= 0) {
            // until the test closes it
        }
        ended = true;
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println(CALLS + " " + calls + ", read from the table " + read + ", failed " + failed);
        cache.close();
        pool.close();
    }

    private void repeat(Runnable task) {
        try {
            while (!ended) {
                attempt(task);
            }
        } catch (Throwable e) { // of the test itself
            e.printStackTrace(System.out);
            Runtime.getRuntime().halt(2);
        }
    }

    /** What can't be asked is no answer. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (DataAccessException | CacheLoadException | TransactionException e) {
            failed.incrementAndGet();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void cleanUp() {
        cache.cleanupExpired();
        LockSupport.parkNanos(50_000_000);
    }

    private void write(int writer, Random random) {
        int key = writer + WRITERS * (number + 2 * random.nextInt(SharedTruth.KEYS / WRITERS / 2));
        boolean isRolledBack = random.nextInt(5) == 0;
        Long value = transactions.execute(status -> write(key, random, isRolledBack ? status : null));
        if (!isRolledBack) {
            truth.commit(key, Objects.requireNonNull(value));
        }
        LockSupport.parkNanos(random.nextInt(8_000_000));
    }

    private Long write(int key, Random random, TransactionStatus toRollBack) {
        Long value = jdbc.queryForObject("update numbers set v = v + 1 where k = ? returning v", Long.class, key);
        switch (random.nextInt(4)) {
            case 0 -> cache.remove(name(key));
            case 1 -> cache.invalidateTags(name(key));
            case 2 -> cache.removeByPrefix(name(key));
            default -> cache.withTags(name(key)).put(name(key), text(value), TTL);
        }
        if (toRollBack != null) {
            toRollBack.setRollbackOnly();
        }
        return value;
    }

    private void read(Random random) {
        int key = random.nextInt(SharedTruth.KEYS);
        long least = maxAge == 0 ? truth.committed(key) : truth.committedBy(key, System.nanoTime() - maxAge);
        String found = cache.withTags(name(key))
                .getOrLoad(
                        name(key),
                        String.class,
                        TTL,
                        () -> text(jdbc.queryForObject("select v from numbers where k = ?", Long.class, key)));
        calls.incrementAndGet();
        truth.addCopies(number, 1);
        long value = Long.parseLong(found.substring(1));
        if (value < least) {
            System.out.println(STALE + ": key " + key + " is " + value + ", and " + least + " was committed before");
            Runtime.getRuntime().halt(1);
        }
    }

    /** Of a fixed length, so that no key is a prefix of another. */
    private static String name(int key) {
        return "key%03d".formatted(key);
    }

    /** Numbers are not copied. */
    private static String text(Long value) {
        return "v" + value;
    }

    /** Values that were read from the table are no copies. */
    @Override
    public void recordBatch(Operation operation, int keys) {
        if (operation == Operation.GET) {
            read.addAndGet(keys);
            truth.addCopies(number, -keys);
        }
    }
}
