package io.psycache.internal.engine;

import io.psycache.CleanupService;
import io.psycache.internal.Arguments;
import io.psycache.internal.lane.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** A daemon thread that runs a task at once, and again an interval after each run. A run that fails is logged, and is not the last one. */
final class TaskCleanupService implements CleanupService {
    private static final Log LOG = LogFactory.getLog(TaskCleanupService.class);
    private static final String NAME = "psycache-cleanup";

    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, DaemonThreads.named(NAME));
    private final Runnable task;
    private final Consumer<CleanupService> onStop;

    TaskCleanupService(Duration interval, Runnable task, Consumer<CleanupService> onStop) {
        this.task = task;
        this.onStop = onStop;
        thread.scheduleWithFixedDelay(this::run, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run() {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // the next run may succeed; thrown on, there would be none
            LOG.warn(NAME + " failed and will run again: " + e.getMessage(), e);
        }
    }

    @Override
    public boolean stop(Duration timeout) {
        Arguments.positive(timeout, "timeout");
        onStop.accept(this);
        return DaemonThreads.close(thread, timeout);
    }

    @Override
    public boolean isRunning() {
        return !thread.isShutdown();
    }
}
