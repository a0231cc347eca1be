package io.psycache.internal.store;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks after work that has to end in time: a daemon thread that lives while there is work and a little longer, and sleeps until
 * the next deadline. Work that ends in time costs an entry in a set; nobody is woken for it. One serves all caches of a process.
 * Thread-safe.
 */
final class DeadlineWatch {
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Half of the usual timeout: work that may take as long does not wake the watcher. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private static final long LATER = Long.MAX_VALUE / 2;

    private static final Executor HELPERS = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), DeadlineWatch::daemon);

    private final Set<Deadline> active = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable Thread> watcher = new AtomicReference<>();
    private volatile long nextLook;

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "psycache-watch");
        thread.setDaemon(true);
        return thread;
    }

    /** @param end as {@link System#nanoTime()} */
    Deadline begin(long end) {
        Deadline deadline = new Deadline(System.nanoTime(), end, HELPERS);
        active.add(deadline);
        Thread running = watcher.get();
        if (running == null) {
            start();
        } else if (deadline.cancelAt() - nextLook < 0) {
            LockSupport.unpark(running);
        }
        return deadline;
    }

    void end(Deadline deadline) {
        active.remove(deadline);
        deadline.end();
    }

    private void start() {
        Thread created = daemon(this::look);
        if (watcher.compareAndSet(null, created)) {
            created.start();
        }
    }

    private void look() {
        long lastSeen = System.nanoTime();
        while (System.nanoTime() - lastSeen < LINGER_NANOS || !hasEnded()) {
            long now = System.nanoTime();
            nextLook = now + LATER; // who begins while we look wakes us
            long pause = LONGEST_PAUSE_NANOS;
            for (Deadline deadline : active) {
                pause = Math.min(pause, deadline.check(now));
                lastSeen = now;
            }
            nextLook = now + pause;
            LockSupport.parkNanos(this, pause);
        }
    }

    private boolean hasEnded() {
        watcher.set(null);
        return active.isEmpty() || !watcher.compareAndSet(null, Thread.currentThread());
    }
}
