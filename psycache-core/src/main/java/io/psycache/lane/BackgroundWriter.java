package io.psycache.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Writes that wait in a bounded room, and daemon threads that store them in batches. Each key has its thread, so that its writes
 * stay in order. Writes come in units, of which none is dropped in part. A thread lives while there is work. Thread-safe.
 *
 * @param <W> one write
 */
public final class BackgroundWriter<W> implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(BackgroundWriter.class);
    private static final Duration WARNING_PAUSE = Duration.ofSeconds(10);

    private final String name;
    private final List<Line> lines;
    private final Room room;
    private final int maxBatch;
    private final Function<? super W, ?> key;
    private final Consumer<List<W>> sink;
    private final LongAdder dropped = new LongAdder();
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());
    private boolean closed;

    /**
     * @param threads each writes its share of the keys; they are called {@code name} and a number
     * @param capacity writes that may wait; while so many do, there is no room for further ones. A unit is taken whole, or not at all
     * @param maxBatch the most writes handed to {@code sink} at once
     * @param key writes with equal keys are written in the order in which they were offered
     * @param sink writes a batch, on several threads at once; where it throws, the batch is dropped
     */
    public BackgroundWriter(
            String name, int threads, int capacity, int maxBatch, Function<? super W, ?> key, Consumer<List<W>> sink) {
        this.name = name;
        this.lines = IntStream.rangeClosed(1, threads)
                .mapToObj(number -> new Line(name + "-" + number))
                .toList();
        this.room = new Room(capacity);
        this.maxBatch = maxBatch;
        this.key = key;
        this.sink = sink;
    }

    /** Queues a unit of writes. @return false where it was dropped, because there is no room or the writer is closed */
    public boolean offer(List<W> unit) {
        return offer(unit, Duration.ZERO);
    }

    /**
     * Queues a unit of writes.
     *
     * @param patience how long to wait for room. A thread that is interrupted does not wait
     * @return false where it was dropped, because there is no room or the writer is closed
     */
    public boolean offer(List<W> unit, Duration patience) {
        if (unit.isEmpty() || room.isFoundWithin(patience) && isQueued(unit)) {
            return true;
        }
        dropped.add(unit.size());
        warnOfDrops();
        return false;
    }

    /** One unit after the other, so that all lines have them in one order, and none while the lines shut down. */
    private synchronized boolean isQueued(List<W> unit) {
        if (closed) {
            return false;
        }
        room.reducePermits(unit.size() - 1);
        unit.stream().collect(Collectors.groupingBy(this::line)).forEach(Line::add);
        return true;
    }

    private Line line(W write) {
        int hash = key.apply(write).hashCode();
        return lines.get(Math.floorMod(hash ^ hash >>> 16, lines.size()));
    }

    /** What may still wait: less than none after a large unit. Those who wait for it take turns. */
    private static final class Room extends Semaphore {
        private static final int BOUNDLESS = Integer.MAX_VALUE / 2;

        Room(int capacity) {
            super(capacity, true);
        }

        boolean isFoundWithin(Duration patience) {
            if (patience.isZero() || Thread.currentThread().isInterrupted()) {
                return tryAcquire();
            }
            try {
                return tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        protected void reducePermits(int reduction) {
            super.reducePermits(reduction);
        }

        /** Nobody waits any more. */
        void open() {
            release(BOUNDLESS);
        }
    }

    private void warnOfDrops() {
        long now = System.nanoTime();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + WARNING_PAUSE.toNanos())) {
            LOG.warn(name + " can't keep up or is closed: " + dropped.sum() + " writes were dropped so far");
        }
    }

    /** How many writes were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** The writes of one thread. */
    private final class Line {
        private final Queue<W> writes = new ConcurrentLinkedQueue<>();
        private final ThreadPoolExecutor thread;

        Line(String threadName) {
            this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread created = new Thread(task, threadName);
                created.setDaemon(true);
                return created;
            });
            thread.allowCoreThreadTimeOut(true);
        }

        /** As many tasks as writes, so that there is one for each batch, and none waits without a write that did. */
        void add(List<W> part) {
            writes.addAll(part);
            part.forEach(write -> thread.execute(this::writeBatch));
        }

        private void writeBatch() {
            List<W> batch = next();
            if (!batch.isEmpty()) {
                room.release(batch.size());
                write(batch);
            }
        }

        private List<W> next() {
            List<W> batch = new ArrayList<>();
            W write = writes.peek();
            while (write != null && batch.size() < maxBatch) {
                batch.add(writes.remove());
                write = writes.peek();
            }
            return batch;
        }

        private void write(List<W> batch) {
            try {
                sink.accept(batch);
            } catch (RuntimeException e) { // nobody waits for it; the thread must live on
                dropped.add(batch.size());
                LOG.warn(batch.size() + " cache entries were not stored: " + e.getMessage(), e);
            }
        }
    }

    /** Writes what is queued, for as long as {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /** Takes no further writes and waits for those queued. @return whether all are written */
    public boolean close(Duration timeout) {
        shutDown();
        long end = System.nanoTime() + timeout.toNanos();
        try {
            boolean written = true;
            for (Line line : lines) {
                written &= line.thread.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            return written;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private synchronized void shutDown() {
        if (!closed) {
            closed = true;
            room.open();
            lines.forEach(line -> line.thread.shutdown());
        }
    }
}
