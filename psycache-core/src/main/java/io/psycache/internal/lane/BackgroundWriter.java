package io.psycache.internal.lane;

import io.psycache.internal.RareWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.apache.commons.logging.LogFactory;

/**
 * A bounded queue of writes and one daemon thread that drains it in batches. Writes come in units; a unit is never dropped in part.
 * Thread-safe.
 *
 * @param <W> one write
 */
public final class BackgroundWriter<W> implements AutoCloseable {
    private final RareWarning warning = new RareWarning(LogFactory.getLog(BackgroundWriter.class));
    private final Queue<List<W>> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final String threadName;
    private final int capacity;
    private final int maxBatch;
    private final Consumer<List<W>> sink;
    private final ThreadPoolExecutor thread;
    private final LongAdder dropped = new LongAdder();

    /**
     * @param capacity while so many writes are queued, further units are dropped. A unit that is larger is queued whole
     * @param maxBatch the most writes handed to {@code sink} at once
     * @param sink writes a batch; where it throws, the batch is dropped
     */
    public BackgroundWriter(String threadName, int capacity, int maxBatch, Consumer<List<W>> sink) {
        this.threadName = threadName;
        this.capacity = capacity;
        this.maxBatch = maxBatch;
        this.sink = sink;
        this.thread = DaemonThreads.pool(threadName, 1);
    }

    /** Queues a unit of writes. @return false where it was dropped, because the queue is full or the writer is closed */
    public boolean offer(List<W> unit) {
        if (unit.isEmpty() || isAdmitted(unit) && isScheduled(unit)) {
            return true;
        }
        dropped.add(unit.size());
        warning.warn(threadName + " can't keep up or is closed: " + dropped.sum() + " writes were dropped so far");
        return false;
    }

    private boolean isAdmitted(List<W> unit) {
        if (queued.getAndAdd(unit.size()) >= capacity) {
            queued.addAndGet(-unit.size());
            return false;
        }
        return queue.add(unit);
    }

    private boolean isScheduled(List<W> unit) {
        try {
            thread.execute(this::drain);
            return true;
        } catch (RejectedExecutionException e) { // closed since; the last batch may have it all the same
            return !queue.remove(unit);
        }
    }

    /** The number of writes that were dropped. */
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
        queued.addAndGet(-batch.size());
        try {
            sink.accept(List.copyOf(batch));
        } catch (RuntimeException e) { // nobody waits for it; the thread must live on
            dropped.add(batch.size());
            warning.warn(e.getClass().getName(), batch.size() + " cache entries were not stored: " + e.getMessage(), e);
        }
    }

    /** Writes what is queued, for as long as {@link #close(Duration)} with 5 seconds. */
    @Override
    public void close() {
        close(Duration.ofSeconds(5));
    }

    /** Takes no further writes and waits for those queued. @return whether all are written */
    public boolean close(Duration timeout) {
        return DaemonThreads.close(thread, timeout);
    }
}
