package io.psycache.internal.lane;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A bounded queue of writes and one daemon thread that drains it in batches. Writes come in units, of which none is dropped in
 * part. The thread lives while there is work. Thread-safe.
 *
 * @param <W> one write
 */
public final class BackgroundWriter<W> implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(BackgroundWriter.class);
    private static final Duration WARNING_PAUSE = Duration.ofSeconds(10);

    private final Queue<List<W>> queue = new ConcurrentLinkedQueue<>();
    private final Room room;
    private final int maxBatch;
    private final Consumer<List<W>> sink;
    private final ThreadPoolExecutor thread;
    private final LongAdder dropped = new LongAdder();
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());
    private final String threadName;

    /**
     * @param capacity writes that may wait; while so many do, there is no room for further ones. A unit is taken whole, or not at all
     * @param maxBatch the most writes handed to {@code sink} at once
     * @param sink writes a batch; where it throws, the batch is dropped
     */
    public BackgroundWriter(String threadName, int capacity, int maxBatch, Consumer<List<W>> sink) {
        this.threadName = threadName;
        this.room = new Room(capacity);
        this.maxBatch = maxBatch;
        this.sink = sink;
        this.thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread created = new Thread(task, threadName);
            created.setDaemon(true);
            return created;
        });
        thread.allowCoreThreadTimeOut(true);
    }

    /** Queues a unit of writes. @return false where it was dropped, because the queue is full or the writer closed */
    public boolean offer(List<W> unit) {
        return offer(unit, Duration.ZERO);
    }

    /**
     * Queues a unit of writes.
     *
     * @param patience how long to wait for room while the queue is full. A thread that is interrupted does not wait
     * @return false where it was dropped, because the queue is full or the writer closed
     */
    public boolean offer(List<W> unit, Duration patience) {
        if (unit.isEmpty() || !thread.isShutdown() && isAdmitted(unit, patience) && isScheduled(unit)) {
            return true;
        }
        dropped.add(unit.size());
        warnOfDrops();
        return false;
    }

    private boolean isAdmitted(List<W> unit, Duration patience) {
        if (!room.isFoundWithin(patience)) {
            return false;
        }
        room.reducePermits(unit.size() - 1);
        return queue.add(unit);
    }

    /** What may still wait: less than none after a large unit. Those who wait for it take turns. */
    private static final class Room extends Semaphore {

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
    }

    private void warnOfDrops() {
        long now = System.nanoTime();
        long next = nextWarning.get();
        if (now - next >= 0 && nextWarning.compareAndSet(next, now + WARNING_PAUSE.toNanos())) {
            LOG.warn(threadName + " can't keep up or is closed: " + dropped.sum() + " writes were dropped so far");
        }
    }

    private boolean isScheduled(List<W> unit) {
        try {
            thread.execute(this::drain);
            return true;
        } catch (RejectedExecutionException e) { // closed since; the last batch may have it all the same
            return !queue.remove(unit);
        }
    }

    /** How many writes were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** Small units together, up to a batch; a large one in several batches. */
    private void drain() {
        List<W> writes = new ArrayList<>();
        List<W> unit = queue.peek();
        while (unit != null && (writes.isEmpty() || writes.size() + unit.size() <= maxBatch)) {
            if (queue.remove(unit)) {
                writes.addAll(unit);
            }
            unit = queue.peek();
        }
        for (int from = 0; from < writes.size(); from += maxBatch) {
            write(writes.subList(from, Math.min(from + maxBatch, writes.size())));
        }
    }

    private void write(List<W> batch) {
        room.release(batch.size());
        try {
            sink.accept(List.copyOf(batch));
        } catch (RuntimeException e) { // nobody waits for it; the thread must live on
            dropped.add(batch.size());
            LOG.warn(batch.size() + " cache entries were not stored: " + e.getMessage(), e);
        }
    }

    /** Writes what is queued, for as long as {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /** Takes no further writes and waits for those queued. @return whether all are written */
    public boolean close(Duration timeout) {
        thread.shutdown();
        room.release(room.getQueueLength()); // who waits for room is refused
        try {
            return thread.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
