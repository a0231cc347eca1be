package io.psycache;

import io.psycache.testsupport.ObservedDataSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the connections that are taken at once, and holds statements back, each with its connection. */
final class HeldStatements implements ObservedDataSource.Listener {
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger mostTaken = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Holds statements from now on, and counts anew. */
    void hold() {
        mostTaken.set(taken.get());
        gate = new CountDownLatch(1);
    }

    /** Lets go of what is held, and holds no more. */
    void release() {
        gate.countDown();
    }

    boolean areThere() {
        return held.get() > 0;
    }

    /** The most connections that were taken at once since {@link #hold()}. */
    int mostTaken() {
        return mostTaken.get();
    }

    @Override
    public void taken() {
        mostTaken.accumulateAndGet(taken.incrementAndGet(), Math::max);
    }

    @Override
    public void released() {
        taken.decrementAndGet();
    }

    @Override
    public void executes(String sql) {
        held.incrementAndGet();
        try {
            if (!gate.await(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("nobody lets go of: " + sql);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            held.decrementAndGet();
        }
    }
}
