package io.psycache.interleaving;

import io.psycache.internal.backend.Pace;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.ConcurrencyFailureException;

/** A thread with a connection, which runs one step after the other as it is told. */
final class Session implements AutoCloseable {

    enum State {
        IDLE,
        RUNNING,
        /** In a step that waits to be resumed. */
        PAUSED
    }

    private final int number;
    private final Thread director = Thread.currentThread();
    private final Thread thread = new Thread(this::work);
    private final LinkedTransferQueue<Step.Action> queue = new LinkedTransferQueue<>();
    private final Semaphore resumed = new Semaphore(0);
    private final SessionDataSource dataSource;
    private final int[] backends;
    private final Caller caller;
    private volatile State state = State.IDLE;
    private volatile @Nullable Throwable failure;
    private volatile boolean abandoned;
    private boolean waiting;

    Session(PGSimpleDataSource server, int number) throws SQLException {
        this.number = number;
        this.dataSource = new SessionDataSource(server, thread, number);
        this.backends = dataSource.backends();
        this.caller = new Caller(dataSource, this::pause);
        thread.setName("session " + number);
        thread.setDaemon(true);
        thread.start();
    }

    int number() {
        return number;
    }

    Caller caller() {
        return caller;
    }

    SessionDataSource dataSource() {
        return dataSource;
    }

    int[] backends() {
        return backends;
    }

    Thread thread() {
        return thread;
    }

    State state() {
        return state;
    }

    /** Whether its transaction has failed, so that the rest of its steps is left out. */
    boolean isAbandoned() {
        return abandoned;
    }

    void abandon() {
        abandoned = true;
    }

    /**
     * @param pool of the node
     * @param sql changes what is sent to the server
     * @param hasOpenBackground whether the background may work at any time
     */
    void start(Trial trial, Node node, DataSource pool, UnaryOperator<String> sql, boolean hasOpenBackground) {
        abandoned = false;
        dataSource.mutate(sql);
        caller.start(trial, node, pool, hasOpenBackground);
        if (hasOpenBackground) {
            dataSource.openBackground(); // as it was after the permutation before, whose lanes may be at work still
        } else {
            dataSource.closeBackground();
        }
    }

    void run(Step.Action action) {
        waiting = false;
        state = State.RUNNING;
        queue.add(action);
    }

    void resume() {
        waiting = false;
        state = State.RUNNING;
        resumed.release();
    }

    void noteWaiting(boolean waits) {
        waiting = waits;
    }

    /** Whether its step waited when it was last looked at. */
    boolean isWaiting() {
        return waiting;
    }

    /** Whether the thread waits for a load of another thread; one that was resumed just now may look as if it paused still. */
    boolean waitsInFlight() {
        if (thread.getState() != Thread.State.WAITING) {
            return false;
        }
        StackTraceElement[] stack = thread.getStackTrace();
        return Arrays.stream(stack).anyMatch(frame -> frame.getClassName().contains("Flight"))
                && Arrays.stream(stack)
                        .noneMatch(frame -> frame.getClassName().equals(Session.class.getName())
                                && frame.getMethodName().equals("pause"));
    }

    /** Whether the thread waits until what was loaded is stored, by the one thread of its cache that does that. */
    boolean waitsForTheWriter() {
        return thread.getState() == Thread.State.WAITING
                && Arrays.stream(thread.getStackTrace())
                        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                        .anyMatch(frame ->
                                frame.endsWith(".Node.awaitStored") || frame.endsWith(".CoalescingBackend.after"));
    }

    /** Whether the thread waits for a load of another process, at which it looks now and then. */
    boolean waitsForLease() {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith(Pace.class.getName())
                        && frame.getMethodName().equals("pause"));
    }

    void rethrow() {
        if (failure != null) {
            throw new AssertionError("a step failed", failure);
        }
    }

    private void pause() {
        become(State.PAUSED);
        resumed.acquireUninterruptibly();
    }

    private void become(State next) {
        state = next;
        LockSupport.unpark(director);
    }

    private void work() {
        try {
            while (true) {
                attempt(queue.take());
                become(State.IDLE);
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void attempt(Step.Action action) throws InterruptedException {
        try {
            action.run(caller);
        } catch (ConcurrencyFailureException e) { // what an application must expect: it rolls back
            abandoned = true;
            caller.rollback();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception | AssertionError e) {
            failure = e;
        }
    }

    @Override
    public void close() throws SQLException {
        thread.interrupt();
        dataSource.close();
    }
}
