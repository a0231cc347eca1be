package io.psycache.internal;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

/** Logs each kind of warning at most once in 10 seconds, however often it is reported. Thread-safe. */
public final class RareWarning {
    private static final long SILENCE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final int MOST_KINDS = 1_000;

    private final Log log;
    private final ConcurrentMap<String, Long> lastLogged = new ConcurrentHashMap<>();

    public RareWarning(Log log) {
        this.log = log;
    }

    /** {@link #warn(String, String, Throwable)} without a failure, all of one kind. */
    public void warn(String message) {
        warn("", message, null);
    }

    /** {@link #warn(String, String, Throwable)}, all of one kind. */
    public void warn(String message, Throwable failure) {
        warn("", message, failure);
    }

    /**
     * Logs {@code message} unless one of its kind was logged within the last 10 seconds.
     *
     * @param kind what counts as the same warning, for instance the class of the failure; of more than 1,000 kinds the further
     *     ones share one
     * @param failure logged with its stack trace; null = none
     */
    public void warn(String kind, String message, @Nullable Throwable failure) {
        if (isDue(lastLogged.size() < MOST_KINDS ? kind : "")) {
            log.warn(message + " (logged at most once in 10 s)", failure);
        }
    }

    private boolean isDue(String kind) {
        long now = System.nanoTime();
        Long logged = lastLogged.merge(kind, now, (last, next) -> next - last < SILENCE_NANOS ? last : next);
        return logged == now;
    }
}
