package io.psycache.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One load by a number of callers for a while, after a short start that does not count. */
record Turn(int callers, Duration length) {
    private static final Duration START = Duration.ofMillis(150);

    /**
     * @param perSecond operations
     * @param p99Micros what 99 of 100 calls did not exceed; NaN = not known
     * @param bytes that all threads of this process allocated per operation; NaN = not known
     */
    record Figures(double perSecond, double p99Micros, double bytes) {}

    Figures of(Load load) throws Exception {
        new Phase(START, load).run();
        return new Phase(length, load).run();
    }

    private final class Phase {
        private final long nanos;
        private final Load load;
        private final CountDownLatch begin = new CountDownLatch(1);
        private final CountDownLatch done = new CountDownLatch(callers);
        private final CountDownLatch leave = new CountDownLatch(1);
        private final List<Caller> all = new ArrayList<>();

        private Phase(Duration length, Load load) {
            this.nanos = length.toNanos();
            this.load = load;
        }

        /** Counts the operations that began in time, and the time until the last of them has ended. */
        private Figures run() throws Exception {
            for (int i = 0; i < callers; i++) {
                all.add(new Caller());
                all.get(i).start();
            }
            Map<Long, Long> before = allocated();
            long start = System.nanoTime();
            begin.countDown();
            done.await();
            load.settle();
            double seconds = (System.nanoTime() - start) / 1e9;
            Map<Long, Long> after = allocated();
            leave.countDown();
            return figures(seconds, bytes(before, after));
        }

        private Figures figures(double seconds, long bytes) throws Exception {
            Latencies latencies = new Latencies();
            long operations = 0;
            for (Caller caller : all) {
                caller.rethrow();
                latencies.add(caller.latencies);
                operations += caller.operations;
            }
            return new Figures(operations / seconds, latencies.microsAt(0.99), (double) bytes / operations);
        }

        private final class Caller extends Thread {
            private final Latencies latencies = new Latencies();
            private long operations;
            private @Nullable Exception failure;

            @Override
            public void run() {
                try {
                    begin.await();
                    work();
                } catch (Exception e) { // told to whoever measures
                    failure = e;
                }
                done.countDown();
                awaitLeave();
            }

            private void work() throws Exception {
                long end = System.nanoTime() + nanos;
                for (long now = System.nanoTime(); now - end < 0; ) {
                    operations += load.run();
                    long then = System.nanoTime();
                    latencies.add(then - now);
                    now = then;
                }
            }

            /** The bytes of a thread that has ended would not count. */
            private void awaitLeave() {
                try {
                    leave.await(1, TimeUnit.MINUTES);
                } catch (InterruptedException e) {
                    interrupt();
                }
            }

            private void rethrow() throws Exception {
                if (failure != null) {
                    throw failure;
                }
            }
        }
    }

    private static Map<Long, Long> allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] ids = threads.getAllThreadIds();
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        Map<Long, Long> allocated = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
            allocated.put(ids[i], Math.max(bytes[i], 0));
        }
        return allocated;
    }

    private static long bytes(Map<Long, Long> before, Map<Long, Long> after) {
        return after.entrySet().stream()
                .mapToLong(thread -> thread.getValue() - before.getOrDefault(thread.getKey(), 0L))
                .sum();
    }
}
