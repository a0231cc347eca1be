package io.psycache.internal.lane;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls of callers that do not wait, each until its answer or its deadline. One look every 20 ms serves all of them, so that a call costs
 * an entry in a map and no timer of its own. Thread-safe.
 */
final class ToldCalls {
    /** Beyond that callers ask faster than there are answers. */
    static final int MOST = 10_000;

    private static final long PAUSE_MILLIS = 20;

    private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean watched = new AtomicBoolean();

    /** A call without an answer so far; each is equal to itself alone. */
    private static final class Waiting {
        private final long deadline;
        private final Runnable late;

        private Waiting(long deadline, Runnable late) {
            this.deadline = deadline;
            this.late = late;
        }
    }

    boolean isFull() {
        return waiting.size() >= MOST;
    }

    /**
     * Looks after a call until {@code future} completes.
     *
     * @param deadline as {@link System#nanoTime()}
     * @param late run if it does not in time
     */
    void add(long deadline, CompletableFuture<?> future, Runnable late) {
        Waiting added = new Waiting(deadline, late);
        waiting.add(added);
        future.whenComplete((answer, failure) -> waiting.remove(added));
        watch();
    }

    private void watch() {
        if (!watched.get() && watched.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(this::look);
        }
    }

    private void look() {
        try {
            long now = System.nanoTime();
            for (Waiting one : waiting) {
                if (now - one.deadline >= 0) {
                    waiting.remove(one); // also where its callback fails
                    one.late.run();
                }
            }
        } finally {
            watched.set(false);
            if (!waiting.isEmpty()) { // else the next call watches
                watch();
            }
        }
    }
}
