package io.psycache.internal.store.session;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;

/**
 * Work of one thread on a connection that has to end in time. A thread that still waits for the pool is interrupted at the deadline. A
 * statement is canceled a little before it, so that the connection stays usable; a connection that does not answer even then is
 * cut off.
 */
final class Deadline {
    /** Share of the time that is left for the answer to a cancel request: 1 in 10. */
    private static final int SHARE_OF_CANCEL = 10;

    /** How long work waits for a pool of which the application has all connections: hits must not become loads that need one too. */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Thread thread = Thread.currentThread();
    private final Executor helpers;
    private final BooleanSupplier isPoolTaken;
    private final long giveUpAt;
    private final long cancelAt;
    private final long deadline;
    private final boolean isPoolTakenAtFirst;

    private @Nullable Connection connection;
    private boolean cancelled;
    private boolean cancelling;
    private boolean expired;
    private boolean woken;
    private boolean ended;
    private boolean interrupted;
    private long lateness;

    /**
     * @param deadline as {@link System#nanoTime()}
     * @param isPoolTaken whether the application has all connections of the pool
     * @param helpers run what may block: cancel requests and the closing of sockets
     */
    Deadline(long now, long deadline, BooleanSupplier isPoolTaken, Executor helpers) {
        this.isPoolTaken = isPoolTaken;
        this.isPoolTakenAtFirst = isPoolTaken.getAsBoolean();
        this.giveUpAt = now + PATIENCE_NANOS;
        this.cancelAt = deadline - (deadline - now) / SHARE_OF_CANCEL;
        this.deadline = deadline;
        this.helpers = helpers;
    }

    /** When something may be due for the first time. */
    long firstCheck() {
        return isPoolTakenAtFirst && giveUpAt - cancelAt < 0 ? giveUpAt : cancelAt;
    }

    /** Does what is due. @return how long until something else may be, in nanoseconds */
    synchronized long check(long now) {
        if (ended || expired) {
            return Long.MAX_VALUE;
        }
        if (connection == null && now - giveUpAt >= 0 && isPoolTaken.getAsBoolean()) {
            expire();
            return Long.MAX_VALUE;
        }
        if (now - cancelAt < 0) {
            return (now - giveUpAt < 0 ? firstCheck() : cancelAt) - now;
        }
        Connection slow = connection;
        if (slow != null && !cancelled) {
            cancelled = true;
            cancelling = true;
            lateness = now - cancelAt;
            helpers.execute(() -> cancel(slow));
        }
        if (now - deadline < 0) {
            return deadline - now;
        }
        lateness = Math.max(lateness, now - deadline);
        expire();
        return Long.MAX_VALUE;
    }

    private void expire() {
        expired = true;
        if (connection == null) {
            woken = true;
            thread.interrupt();
        } else {
            Connection hanging = connection;
            helpers.execute(() -> abort(hanging));
        }
    }

    private void cancel(Connection slow) {
        try {
            slow.unwrap(BaseConnection.class).cancelQuery();
        } catch (SQLException e) {
            // the connection is gone, and the statement with it
        } finally {
            synchronized (this) {
                cancelling = false;
                notifyAll();
            }
        }
    }

    /** The connection itself: the pool's wrapper may forget it instead, so that its thread hangs on (Agroal 2.5). */
    private static void abort(Connection hanging) {
        try {
            hanging.unwrap(BaseConnection.class).abort(Runnable::run);
        } catch (SQLException e) {
            // it is gone already
        }
    }

    /** A connection of the pool. An interrupt that is not ours is put off until {@link #end()}. */
    Connection connect(DataSource pool) throws SQLException {
        while (true) {
            interrupted |= Thread.interrupted();
            try {
                Connection connected = pool.getConnection();
                if (isTaken(connected)) {
                    return connected;
                }
                connected.close();
                throw new SQLTimeoutException("the connection came too late");
            } catch (SQLException e) {
                if (hasExpired() || !Thread.interrupted()) {
                    throw e;
                }
                interrupted = true;
            }
        }
    }

    /** Not where its statement would be cancelled at once, or cut off. */
    private synchronized boolean isTaken(Connection connected) {
        expired |= System.nanoTime() - cancelAt >= 0;
        if (!expired) {
            connection = connected;
        }
        return !expired;
    }

    /**
     * Before the pool gets the connection back: a cancel request under way must not meet the next statement on it. The cancelled
     * statement ends a little before its request does, which is waited for until the deadline.
     */
    synchronized void release() {
        ended = true;
        try {
            for (long left = deadline - System.nanoTime();
                    cancelling && left > 0;
                    left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (cancelling && connection != null) {
            abort(connection);
        }
    }

    /** Gives the thread back what interrupts it had from others, and only these. */
    synchronized void end() {
        ended = true;
        if (woken) {
            Thread.interrupted();
        }
        if (interrupted) {
            thread.interrupt();
        }
    }

    /** Whether the work was ended because of its deadline. */
    synchronized boolean hasExpired() {
        return cancelled || expired;
    }

    /** By how many nanoseconds what was due came too late: the process stood still, and nothing is known about the database. */
    synchronized long lateness() {
        return lateness;
    }

    /** Whether it has ever had a connection. */
    synchronized boolean isConnected() {
        return connection != null;
    }

    /**
     * Looks after work that has to end in time: a daemon thread that lives while there is work and a little longer, and sleeps until
     * the next deadline. Work that ends in time costs an entry in a set; nobody is woken for it. One serves all caches of a process.
     * Thread-safe.
     */
    static final class Watch {
        private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(10);

        /** Half of the usual timeout: work that may take as long does not wake the watcher. */
        private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

        private static final long LATER = Long.MAX_VALUE / 2;

        private static final Executor HELPERS = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), Watch::daemon);

        private final Set<Deadline> active = ConcurrentHashMap.newKeySet();
        private final AtomicReference<@Nullable Thread> watcher = new AtomicReference<>();
        private volatile long nextLook;

        private static Thread daemon(Runnable task) {
            Thread thread = new Thread(task, "psycache-watch");
            thread.setDaemon(true);
            return thread;
        }

        /**
         * @param end as {@link System#nanoTime()}
         * @param isPoolTaken whether the application has all connections of the pool
         */
        Deadline begin(long end, BooleanSupplier isPoolTaken) {
            Deadline deadline = new Deadline(System.nanoTime(), end, isPoolTaken, HELPERS);
            active.add(deadline);
            Thread running = watcher.get();
            if (running == null) {
                start();
            } else if (deadline.firstCheck() - nextLook < 0) {
                LockSupport.unpark(running);
            }
            return deadline;
        }

        void end(Deadline deadline) {
            active.remove(deadline);
            deadline.end();
        }

        private void start() {
            Thread created = daemon(this::look);
            if (watcher.compareAndSet(null, created)) {
                created.start();
            }
        }

        private void look() {
            long lastSeen = System.nanoTime();
            while (System.nanoTime() - lastSeen < LINGER_NANOS || !hasEnded()) {
                long now = System.nanoTime();
                nextLook = now + LATER; // work that begins meanwhile wakes this thread
                long pause = LONGEST_PAUSE_NANOS;
                for (Deadline deadline : active) {
                    pause = Math.min(pause, deadline.check(now));
                    lastSeen = now;
                }
                nextLook = now + pause;
                LockSupport.parkNanos(this, pause);
            }
        }

        private boolean hasEnded() {
            watcher.set(null);
            return active.isEmpty() || !watcher.compareAndSet(null, Thread.currentThread());
        }
    }
}
