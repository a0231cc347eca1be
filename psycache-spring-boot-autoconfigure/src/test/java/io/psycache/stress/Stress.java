package io.psycache.stress;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.springframework.transaction.support.TransactionTemplate;

/** Writers and readers of all ways at once; each value read is compared to what had been committed when the read began. */
final class Stress {
    static final int READERS = 16;

    private static final int WRITERS = 8;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    /** A step that is always undone: no version that anybody reads is as high. */
    private static final long UNDONE = 1_000_000_000;

    private static final int CHANGES_PER_UNDONE = 10;
    private static final int CHANGES_PER_CLEAR = 10;

    private final Map<String, Way> ways;
    private final List<String> names;
    private final Ledger ledger;
    private final TransactionTemplate transaction;
    private final long seed;

    private final LongAdder reads = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder undoneReads = new LongAdder();
    private final AtomicLong threads = new AtomicLong();
    private volatile boolean stopped;

    Stress(Map<String, Way> ways, Ledger ledger, TransactionTemplate transaction, long seed) {
        this.ways = ways;
        this.names = ways.keySet().stream().sorted().toList();
        this.ledger = ledger;
        this.transaction = transaction;
        this.seed = seed;
    }

    /** Runs until {@code enough}, for {@code atMost} at the longest. */
    void run(BooleanSupplier enough, Duration atMost) throws InterruptedException, ExecutionException {
        names.forEach(ledger::create);
        ExecutorService executor = Executors.newFixedThreadPool(WRITERS + READERS);
        List<Future<?>> running = Stream.concat(
                        Stream.generate(() -> executor.submit(() -> repeat(this::write)))
                                .limit(WRITERS),
                        Stream.generate(() -> executor.submit(() -> repeat(this::read)))
                                .limit(READERS))
                .<Future<?>>map(future -> future)
                .toList();
        waitUntil(() -> enough.getAsBoolean() || running.stream().anyMatch(Future::isDone), atMost);
        stopped = true;
        executor.shutdown();
        for (Future<?> thread : running) {
            thread.get();
        }
    }

    private static void waitUntil(BooleanSupplier condition, Duration atMost) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private interface Act {
        void on(String way, int id, Random random);
    }

    private void repeat(Act act) {
        Random random = new Random(seed + threads.incrementAndGet());
        while (!stopped) {
            double hot = random.nextDouble();
            int id = (int) (hot * hot * hot * Ledger.ROWS);
            act.on(names.get(random.nextInt(names.size())), id, random);
        }
    }

    private void write(String way, int id, Random random) {
        LockSupport.parkNanos((long) (random.nextDouble() * LONGEST_PAUSE.toNanos()));
        if (way.equals("cleared") && random.nextInt(CHANGES_PER_CLEAR) > 0) {
            return;
        }
        if (random.nextInt(CHANGES_PER_UNDONE) > 0) {
            ways.get(way).change(id, 1);
        } else {
            transaction.executeWithoutResult(status -> {
                ways.get(way).change(id, UNDONE);
                status.setRollbackOnly();
            });
        }
    }

    private void read(String way, int id, Random random) {
        long committed = ledger.committed(way, id);
        Item item = ways.get(way).read(id);
        ledger.wasRead(way, id);
        reads.increment();
        if (!item.way().equals(way) || item.id() != id || item.version() < committed) {
            stale.increment();
        }
        if (item.version() >= UNDONE) {
            undoneReads.increment();
        }
    }

    /** Reads whose value came from the cache, or from the load of another caller. */
    long hits() {
        return reads.sum() - ledger.loads();
    }

    long stale() {
        return stale.sum();
    }

    long undone() {
        return undoneReads.sum();
    }

    @Override
    public String toString() {
        return hits() + " hits of " + reads + " reads, " + ledger.commits() + " commits, stale " + stale + ", undone "
                + undoneReads;
    }
}
