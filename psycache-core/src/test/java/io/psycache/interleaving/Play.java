package io.psycache.interleaving;

import io.psycache.ReadContexts;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Runs the permutations of one scenario on one server, each with a row and an entry of its own.
 *
 * <p>The next step begins when every session has ended its step or waits: for a lock, as PostgreSQL itself says, for the load
 * of another thread, or for the director. A step of a session that waits is run as soon as that session can.
 */
final class Play {
    private static final long SHORT_PAUSE_NANOS = 300_000;
    private static final long LONG_PAUSE_NANOS = 5_000_000;

    private final Scenario scenario;
    private final Stage stage;
    private final Server server;
    private final List<Session> sessions;
    private final Session witness;
    private final List<Deque<Step>> due = new ArrayList<>();
    private final DataSource shared;
    private final Map<DataSource, Node> nodes = new HashMap<>();
    private final Map<Session, Step> underWay = new HashMap<>();
    private final Set<Step> haveWaited = new HashSet<>();

    Play(Scenario scenario, Stage stage) throws SQLException {
        this.scenario = scenario;
        this.stage = stage;
        this.server = stage.server();
        this.sessions = stage.sessions(scenario.sessions().size());
        this.witness = stage.witness();
        this.shared = new NodeDataSource(sessions);
        sessions.forEach(session -> due.add(new ArrayDeque<>()));
    }

    /** @param order indexes of the sessions */
    Trial run(byte[] order) {
        Trial trial = stage.newTrial();
        start(trial);
        perform(witness, Step.act("before", scenario.before()));
        scenario.beforeIn().forEach((session, its) -> perform(sessions.get(session), Step.act("before", its)));
        int[] next = new int[sessions.size()];
        for (byte session : order) {
            due.get(session).add(scenario.steps(session).get(next[session]++));
            performDue();
        }
        end();
        scenario.beforeIn()
                .keySet()
                .forEach(session -> perform(sessions.get(session), Step.act("at rest", scenario.atRest())));
        endNodesThatQueue();
        perform(witness, Step.act("at rest", scenario.atRest()));
        sessions.forEach(Session::rethrow);
        witness.rethrow();
        return trial;
    }

    private void start(Trial trial) {
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            start(session, trial, scenario.isOnOneNode(i) ? shared : session.dataSource());
        }
        start(witness, trial, witness.dataSource());
    }

    private void start(Session session, Trial trial, DataSource pool) {
        ReadContexts contexts = pool == shared ? Map::of : session.caller()::contexts;
        Node node = nodes.computeIfAbsent(pool, itsPool -> new Node(itsPool, scenario, contexts));
        boolean hasOpenBackground =
                scenario.hasLeases() || pool == shared; // where leases are released and verdicts come from
        session.start(trial, node, pool, scenario.sql(), hasOpenBackground);
    }

    private void endNodesThatQueue() {
        nodes.values().forEach(Node::close);
        nodes.values().removeIf(Node::queues);
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
            case ACT -> begin(session, step);
            case HOLD -> hold(session, step);
            case RELEASE -> server.release(session.number());
            case RESUME -> resume(session);
            case CRASH -> crash();
        }
        settle();
    }

    private void hold(Session session, Step step) {
        server.hold(session.number());
        begin(session, step);
    }

    private void begin(Session session, Step step) {
        underWay.put(session, step);
        session.run(step.action());
    }

    private static void resume(Session session) {
        if (session.state() == Session.State.PAUSED) {
            session.resume();
        }
    }

    private void crash() {
        sessions.forEach(this::loseTransaction);
        sessions.forEach(session -> session.dataSource().crash());
        server.emptyUnloggedTables();
    }

    private void loseTransaction(Session session) {
        if (session.state() == Session.State.IDLE && session.caller().status != null) {
            session.abandon();
            session.run(Caller::rollback);
            settle();
        }
    }

    /**
     * Waits until every session has ended its step or waits for something. Asking the server who waits takes longer than most
     * steps, so it is asked early only about steps that have waited in an earlier permutation.
     */
    private void settle() {
        List<Session> running = running();
        long pause = haveWaitedBefore(running) ? SHORT_PAUSE_NANOS : LONG_PAUSE_NANOS;
        while (!running.isEmpty()) {
            if (!running.stream().allMatch(Session::isWaiting)) {
                LockSupport.parkNanos(this, pause);
                pause = Math.min(2 * pause, LONG_PAUSE_NANOS);
            }
            List<Session> still = running();
            if (!still.isEmpty() && still.equals(running) && allWait(still)) {
                return;
            }
            running = still;
        }
    }

    private boolean haveWaitedBefore(List<Session> running) {
        return running.stream()
                .filter(session -> !session.isWaiting())
                .anyMatch(session -> haveWaited.contains(underWay.get(session)));
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
        Set<Integer> waiting = server.waiting(Stream.concat(running.stream(), Stream.of(writers()))
                .distinct()
                .flatMapToInt(session -> Arrays.stream(session.backends()))
                .toArray());
        running.forEach(session -> note(session, waits(session, waiting)));
        return running.stream().allMatch(Session::isWaiting) && running.equals(running());
    }

    private void note(Session session, boolean waits) {
        session.noteWaiting(waits);
        if (waits) {
            haveWaited.add(underWay.get(session));
        }
    }

    private boolean waits(Session session, Set<Integer> waiting) {
        return isAmong(waiting, session)
                || session.waitsForTheWriter() && isAmong(waiting, writers())
                || session.waitsInFlight() && othersHoldAFlight(session)
                || session.waitsForLease() && others(session).anyMatch(other -> other.state() != Session.State.IDLE);
    }

    private static boolean isAmong(Set<Integer> waiting, Session session) {
        return Arrays.stream(session.backends()).anyMatch(waiting::contains);
    }

    /** The session whose connection stores what is loaded in a process of several threads ({@link NodeDataSource}). */
    private Session writers() {
        return sessions.get(0);
    }

    private Stream<Session> others(Session session) {
        return sessions.stream().filter(other -> other != session);
    }

    /** A thread that is just being woken looks as if it waited still; then whom it waited for has ended his step. */
    private boolean othersHoldAFlight(Session session) {
        return others(session)
                .anyMatch(
                        other -> other.caller().cache == session.caller().cache && other.state() != Session.State.IDLE);
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
        if (!scenario.hasLeases()) {
            sessions.forEach(session -> session.dataSource().openBackground());
        }
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
}
