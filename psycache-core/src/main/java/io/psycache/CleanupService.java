package io.psycache;

import java.time.Duration;

/** A background cleanup that runs at once and then every interval, until it is stopped. */
public interface CleanupService extends AutoCloseable {

    /** {@link #stop(Duration)} with 5 seconds. */
    default boolean stop() {
        return stop(Duration.ofSeconds(5));
    }

    /**
     * Asks the cleanup to end and waits for a run under way.
     *
     * @return whether it has ended within {@code timeout}; false means that a run is still under way and will be the last
     */
    boolean stop(Duration timeout);

    /** Whether further runs will come. */
    boolean isRunning();

    @Override
    default void close() {
        stop();
    }
}
