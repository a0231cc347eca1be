package io.psycache.internal.lane;

import io.psycache.internal.RareWarning;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A daemon thread that runs tasks which must not be lost: one that fails is run again after a pause, until it succeeds or the
 * worker is closed. The thread lives while there is work. Thread-safe.
 */
public final class RetryingWorker implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(RetryingWorker.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final RareWarning warning = new RareWarning(LOG);
    private final String name;
    private final ScheduledThreadPoolExecutor thread;

    public RetryingWorker(String name) {
        this.name = name;
        this.thread = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(name));
        thread.setKeepAliveTime(10, TimeUnit.SECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    /** @throws java.util.concurrent.RejectedExecutionException once the worker is closed */
    public void run(Runnable task) {
        thread.execute(() -> attempt(task, FIRST_PAUSE));
    }

    private void attempt(Runnable task, Duration pause) {
        try {
            task.run();
        } catch (RuntimeException e) { // nobody waits for it; it comes again
            again(task, pause, e);
        }
    }

    private void again(Runnable task, Duration pause, RuntimeException failure) {
        Duration doubled = pause.multipliedBy(2);
        Duration next = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        try {
            thread.schedule(() -> attempt(task, next), pause.toNanos(), TimeUnit.NANOSECONDS);
            warning.warn(name + " failed and will be tried again in " + pause + ": " + failure.getMessage(), failure);
        } catch (RejectedExecutionException e) { // closed
            lastAttempt(task);
        }
    }

    private void lastAttempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) { // as in attempt, but it will not come again
            LOG.error(name + " failed and was given up at the close: " + e.getMessage(), e);
        }
    }

    /** Takes no further tasks, and tries those that are left once more, for 5 seconds at most. */
    @Override
    public void close() {
        if (!DaemonThreads.close(thread, Duration.ofSeconds(5))) {
            LOG.error(name + ": " + (thread.getQueue().size() + thread.getActiveCount()) + " given up at the close");
        }
    }
}
