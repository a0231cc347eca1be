package io.psycache.internal.store.maintenance;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Daemon thread that runs a task at once, and again an interval after each run. A run that fails is logged, and does not end it. */
public final class PeriodicTask {
    private static final Log LOG = LogFactory.getLog(PeriodicTask.class);

    private final ScheduledThreadPoolExecutor thread;

    private PeriodicTask(String name) {
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            return created;
        });
    }

    public static PeriodicTask start(String name, Duration interval, Runnable task) {
        PeriodicTask started = new PeriodicTask(name);
        started.thread.scheduleWithFixedDelay(() -> runLogged(name, task), 0, interval.toNanos(), TimeUnit.NANOSECONDS);
        return started;
    }

    private static void runLogged(String name, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // the next run may succeed; thrown on, there would be none
            LOG.warn(name + " failed and will run again: " + e.getMessage(), e);
        }
    }

    public boolean isRunning() {
        return !thread.isShutdown();
    }

    /** Stops further runs, and waits for a run under way. @return whether that ended within {@code timeout} */
    public boolean stop(Duration timeout) {
        thread.shutdown();
        try {
            return thread.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return thread.isTerminated();
        }
    }
}
