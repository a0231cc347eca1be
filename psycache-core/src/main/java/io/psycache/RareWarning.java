package io.psycache;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.logging.Log;

/** Warnings of one kind, logged at most once in 10 s. Thread-safe. */
final class RareWarning {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final Log log;
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

    RareWarning(Log log) {
        this.log = log;
    }

    void warn(String message) {
        if (isDue()) {
            log.warn(message + " (logged at most once in 10 s)");
        }
    }

    void warn(String message, Throwable failure) {
        if (isDue()) {
            log.warn(message + " (logged at most once in 10 s)", failure);
        }
    }

    private boolean isDue() {
        long now = System.nanoTime();
        long next = nextWarning.get();
        return now - next >= 0 && nextWarning.compareAndSet(next, now + SILENCE.toNanos());
    }
}
