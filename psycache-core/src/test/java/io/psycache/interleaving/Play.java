package io.psycache.interleaving;

import io.psycache.PostgresCache;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Runs the permutations of one scenario on one server, each with a row and an entry of its own.
 *
 * <p>The next step begins when every session has ended its step or waits: for a lock, as PostgreSQL itself says, for the load
 * of another thread, or for the director. A step of a session that waits is run as soon as that session can.
 */
final class Play implements AutoCloseable {
    private static final CacheCodec CODEC = CacheCodecs.detect();
    private static final long LOOK_AGAIN_NANOS = 300_000;
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private final Scenario scenario;
    private final Server server = new Server();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Deque<Step>> due = new ArrayList<>();
    private final Session witness;
    private final DataSource node;

    Play(Scenario scenario) throws SQLException {
        this.scenario = scenario;
        for (int i = 0; i < scenario.sessions().size(); i++) {
            sessions.add(new Session(server.dataSource(), i + 1));
            due.add(new ArrayDeque<>());
        }
        this.witness = new Session(server.dataSource(), 0);
        this.node = new NodeDataSource(sessions);
    }

    /** @param order indexes of the sessions */
    Trial run(long number, byte[] order) {
        Trial trial = new Trial(number);
        server.begin(trial);
        List<PostgresCache> caches = start(trial);
        perform(witness, Step.act("before", scenario.before()));
        int[] next = new int[sessions.size()];
        for (byte session : order) {
            due.get(session).add(scenario.steps(session).get(next[session]++));
            performDue();
        }
        end();
        caches.forEach(PostgresCache::close);
        perform(witness, Step.act("at rest", scenario.atRest()));
        sessions.forEach(Session::rethrow);
        witness.rethrow();
        return trial;
    }

    private List<PostgresCache> start(Trial trial) {
        List<PostgresCache> caches = new ArrayList<>(List.of(cache(node)));
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            if (!scenario.isOnOneNode(i)) {
                caches.add(cache(session.dataSource()));
            }
            session.start(trial, scenario.isOnOneNode(i) ? caches.get(0) : caches.get(caches.size() - 1));
        }
        witness.start(trial, cache(witness.dataSource()));
        return caches;
    }

    private static PostgresCache cache(DataSource dataSource) {
        return PostgresCache.builder(dataSource)
                .codec(CODEC)
                .timeout(LONGEST_HOLD)
                .build();
    }

    /** Runs what is due of sessions that can go on, which may let others go on. */
    private void performDue() {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (int i = 0; i < sessions.size(); i++) {
                Step step = due.get(i).peek();
                if (step != null && isReady(sessions.get(i), step)) {
                    due.get(i).remove();
                    perform(sessions.get(i), step);
                    progress = true;
                }
            }
        }
    }

    private static boolean isReady(Session session, Step step) {
        return switch (step.kind()) {
            case ACT, HOLD, CRASH -> session.state() == Session.State.IDLE;
            case RESUME -> session.state() != Session.State.RUNNING;
            case RELEASE -> true;
        };
    }

    private void perform(Session session, Step step) {
        if (session.isAbandoned()) {
            return;
        }
        switch (step.kind()) {
            case ACT -> session.run(step.action());
            case HOLD -> hold(session, step);
            case RELEASE -> server.release(session.number());
            case RESUME -> resume(session);
            case CRASH -> crash();
        }
        settle();
    }

    private void hold(Session session, Step step) {
        server.hold(session.number());
        session.run(step.action());
    }

    private static void resume(Session session) {
        if (session.state() == Session.State.PAUSED) {
            session.resume();
        }
    }

    private void crash() {
        sessions.forEach(this::loseTransaction);
        server.emptyUnloggedTables();
    }

    private void loseTransaction(Session session) {
        if (session.state() == Session.State.IDLE && session.caller().status != null) {
            session.abandon();
            session.run(Caller::rollback);
            settle();
        }
    }

    /** Waits until every session has ended its step or waits for something. */
    private void settle() {
        List<Session> running = running();
        while (!running.isEmpty()) {
            LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
            List<Session> still = running();
            if (!still.isEmpty() && still.equals(running) && allWait(still)) {
                return;
            }
            running = still;
        }
    }

    private List<Session> running() {
        List<Session> running = new ArrayList<>();
        for (Session session : sessions) {
            if (session.state() == Session.State.RUNNING) {
                running.add(session);
            }
        }
        if (witness.state() == Session.State.RUNNING) {
            running.add(witness);
        }
        return running;
    }

    private boolean allWait(List<Session> running) {
        Set<Integer> waiting = server.waiting(running.stream()
                .flatMapToInt(session -> Arrays.stream(session.backends()))
                .toArray());
        for (Session session : running) {
            boolean blocked = Arrays.stream(session.backends()).anyMatch(waiting::contains);
            if (!blocked && !(session.waitsInFlight() && othersHoldAFlight(session))) {
                return false;
            }
        }
        return running.equals(running());
    }

    /** A thread that is just being woken looks as if it waited still; then whom it waited for has ended his step. */
    private boolean othersHoldAFlight(Session session) {
        return sessions.stream()
                .anyMatch(other -> other != session
                        && other.caller().cache == session.caller().cache
                        && other.state() != Session.State.IDLE);
    }

    /** Lets everything go on that was left waiting, and ends transactions that were left open. */
    private void end() {
        boolean progress = true;
        while (progress) {
            server.releaseAll();
            settle();
            performDue();
            progress = false;
            for (Session session : sessions) {
                progress |= ended(session);
            }
        }
        sessions.forEach(session -> session.dataSource().openBackground());
    }

    /** Whether there was something to end; a step under way counts, for the next trial must not begin before its end. */
    private boolean ended(Session session) {
        if (session.state() == Session.State.PAUSED) {
            perform(session, Step.of("resume", Step.Kind.RESUME));
            return true;
        }
        if (session.state() == Session.State.IDLE && session.caller().status != null) {
            session.run(Caller::rollback);
            settle();
            return true;
        }
        return session.state() != Session.State.IDLE;
    }

    @Override
    public void close() throws SQLException {
        for (Session session : sessions) {
            session.close();
        }
        witness.close();
        server.close();
    }
}
