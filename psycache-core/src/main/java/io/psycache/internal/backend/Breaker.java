package io.psycache.internal.backend;

import io.psycache.instrumentation.BreakerState;
import io.psycache.internal.store.session.StatementOutcomes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * A circuit breaker. It looks at the last 10 reads, as far as they ended within 2 seconds or 5 timeouts, which is what one lane takes for 5
 * reads without an answer. It opens if there are 5 at least and half of them failed. While it is open it probes, and closes after two
 * successes in a row. The reads before it are not forgotten then: if half of the statements still fail, it opens at the next failure.
 * Thread-safe.
 */
final class Breaker implements StatementOutcomes, AutoCloseable {
    private static final Log LOG = LogFactory.getLog(Breaker.class);
    private static final int LAST = 10;
    private static final int FEWEST = 5;
    private static final int SUCCESSES = 2;
    private static final long SHORTEST_WINDOW = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

    /** Where it opens again within this time, the problem is the same: the pauses go on, and nothing is logged. */
    private static final long CALM = TimeUnit.SECONDS.toNanos(10);

    private final long window;
    private final Supplier<CompletableFuture<?>> probe;
    private final long[] endedAt = new long[LAST];
    private final boolean[] failed = new boolean[LAST];
    private int next;
    private volatile boolean open;
    private volatile boolean ended;
    private volatile BreakerState state = new BreakerState(false, Instant.now(), null);
    private long changedAt = System.nanoTime() - CALM;
    private long loggedAt = changedAt;
    private boolean isLogged;
    private long pause = FIRST_PAUSE;
    private int successes;

    /** @param probe sends a read; may be called on a thread that must not block */
    Breaker(Duration timeout, Supplier<CompletableFuture<?>> probe) {
        this.window = Math.max(SHORTEST_WINDOW, FEWEST * timeout.toNanos());
        this.probe = probe;
        Arrays.fill(endedAt, System.nanoTime() - window);
    }

    boolean isOpen() {
        return open;
    }

    BreakerState state() {
        return state;
    }

    @Override
    public synchronized void answered() {
        note(false);
    }

    @Override
    public synchronized void failed(String reason) {
        note(true);
        if (!open && !ended && isBroken()) {
            open(reason);
        }
    }

    private void note(boolean isFailure) {
        endedAt[next] = System.nanoTime();
        failed[next] = isFailure;
        next = (next + 1) % LAST;
    }

    private boolean isBroken() {
        long now = System.nanoTime();
        int count = 0;
        int failures = 0;
        for (int i = 0; i < LAST; i++) {
            if (now - endedAt[i] < window) {
                count++;
                failures += failed[i] ? 1 : 0;
            }
        }
        return count >= FEWEST && 2 * failures >= count;
    }

    private void open(String reason) {
        long now = System.nanoTime();
        if (now - changedAt >= CALM) {
            pause = FIRST_PAUSE;
        }
        successes = 0;
        changedAt = now;
        state = new BreakerState(true, Instant.now(), reason);
        open = true;
        isLogged = now - loggedAt >= CALM;
        if (isLogged) {
            loggedAt = now;
            LOG.warn(
                    "The circuit breaker of the cache is open: at least half of its last reads timed out or got no connection."
                            + " Until PostgreSQL answers, gets are misses and nothing is stored; evictions are still tried. The last reason was: "
                            + reason);
        }
        probeIn(pause);
    }

    private void probeIn(long nanos) {
        CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, Runnable::run)
                .execute(this::probe);
    }

    private void probe() {
        if (ended) {
            return;
        }
        try {
            probe.get().whenComplete((answer, failure) -> probed(failure == null));
        } catch (RuntimeException | Error e) { // such as too many threads; without a probe it would stay open
            LOG.warn("The circuit breaker of the cache could not probe, and tries again: " + e, e);
            probed(false);
        }
    }

    private synchronized void probed(boolean isAnswered) {
        successes = isAnswered ? successes + 1 : 0;
        if (successes == SUCCESSES) {
            reset(System.nanoTime());
        } else if (isAnswered) {
            probeIn(0);
        } else {
            pause = Math.min(2 * pause, LONGEST_PAUSE);
            probeIn(pause);
        }
    }

    private void reset(long now) {
        open = false;
        state = new BreakerState(false, Instant.now(), null);
        if (isLogged) {
            LOG.info("The circuit breaker of the cache is closed after "
                    + TimeUnit.NANOSECONDS.toMillis(now - changedAt) + " ms: PostgreSQL answers again");
        }
        changedAt = now;
    }

    /** Ends probing; it stays as it is. */
    @Override
    public void close() {
        ended = true;
    }
}
