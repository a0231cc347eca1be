package io.psycache;

import io.psycache.internal.store.maintenance.PeriodicTask;
import java.time.Duration;
import java.util.function.Consumer;

/** {@link CleanupService} over a {@link PeriodicTask}. */
final class TaskCleanupService implements CleanupService {
    private final PeriodicTask task;
    private final Consumer<CleanupService> onStop;

    TaskCleanupService(PeriodicTask task, Consumer<CleanupService> onStop) {
        this.task = task;
        this.onStop = onStop;
    }

    @Override
    public boolean stop(Duration timeout) {
        Arguments.positive(timeout, "timeout");
        onStop.accept(this);
        return task.stop(timeout);
    }

    @Override
    public boolean isRunning() {
        return task.isRunning();
    }
}
