package io.psycache;

import java.time.Duration;

/** Background cleanup that runs at once, and again an interval after each run, until you stop it. */
public interface CleanupService extends AutoCloseable {

    /** {@link #stop(Duration)} with 5 seconds. */
    default boolean stop() {
        return stop(Duration.ofSeconds(5));
    }

    /**
     * Stops the cleanup, and waits for a run under way.
     *
     * @return whether that run ended within {@code timeout}; if false, it is still under way and is the last one
     */
    boolean stop(Duration timeout);

    /** Whether there will be further runs. */
    boolean isRunning();

    @Override
    default void close() {
        stop();
    }
}
