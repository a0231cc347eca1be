package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.interleaving.Steps.Eviction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process B has a copy of the entry and follows the log, while others change what it is a copy of. Its gets wait at each of their
 * statements: before it is sent, and when it is answered.
 */
final class NearScenarios {
    /** Copies are gone this much earlier than their entries, which is longer than a permutation may wait. */
    private static final long COPIES_LAST_MILLIS = 300;

    private static final long ENTRIES_LAST_MILLIS = 2_000 + COPIES_LAST_MILLIS;

    private NearScenarios() {}

    static Stream<Scenario> all() {
        return Stream.of(evictions(), ends(), puts(), cachePuts(), loads(), threads(), anew())
                .flatMap(scenarios -> scenarios);
    }

    /** An entry of which B has a copy. */
    static Scenario copied(String name) {
        return Scenario.of("copy, " + name)
                .withCopies()
                .before(Caller::putToCopy)
                .beforeIn("B", Caller::copy);
    }

    private static Scenario copiedAndPut(String name) {
        return copied(name).atRest(Caller::getPut);
    }

    /** A get with a moment before its first statement, and behind each. One of a copy that was ended has four of them. */
    static List<Step> getByStatements(int moments, Step.Action get) {
        List<Step> steps = new ArrayList<>(List.of(act("get...", caller -> caller.byStatements(get))));
        for (int i = 1; i <= moments; i++) {
            steps.add(Step.of("..." + i, Step.Kind.RESUME));
        }
        return steps;
    }

    static List<Step> getByStatements() {
        return getByStatements(4, Caller::getGrowing);
    }

    static Step getGrowing() {
        return act("get", Caller::getGrowing);
    }

    private static Step getPut() {
        return act("get", Caller::getPut);
    }

    static Step look() {
        return act("look", Caller::look);
    }

    /** A change of something outside the database, and what tells the cache of it. */
    static Step state(int value, String how, Step.Action tell) {
        return act("state " + value + ", " + how, caller -> {
            caller.trial.state(value);
            tell.run(caller);
            caller.trial.evicted(value);
        });
    }

    private static Stream<Scenario> evictions() {
        return Stream.of(Eviction.values())
                .flatMap(eviction -> Stream.of(
                        evicted(eviction),
                        copied("eviction after the commit: " + eviction)
                                .session("W", writeNext(), commit(), evictLater(eviction))
                                .session("B", getByStatements(4, Caller::getEvictedLater), getEvictedLater())));
    }

    static Scenario evicted(Eviction eviction) {
        return copied("writer: " + eviction)
                .session("W", write(1), evict(eviction), commit())
                .session("B", getByStatements(), getGrowing());
    }

    /** The ways in which transactions end. */
    private static Stream<Scenario> ends() {
        return Stream.of(
                copied("writer that rolls back")
                        .session("W", write(1), evict(), rollback())
                        .session("B", getByStatements(), getGrowing()),
                copied("savepoint rolled back")
                        .session("W", savepoint(), write(1), evict(), rollbackToSavepoint(), commit())
                        .session("B", getByStatements(), getGrowing()),
                copied("savepoint released")
                        .session("W", savepointBySql(), write(1), evict(), releaseSavepointBySql(), commit())
                        .session("B", getByStatements(), getGrowing()),
                copied("repeatable-read writer")
                        .session("W", beginRepeatableRead(), write(1), evictAndCommit())
                        .session("B", getByStatements(), getGrowing()),
                copied("two writers")
                        .session("W1", writeNextAndEvict(), commit())
                        .session("W2", writeNextAndEvict(), commit())
                        .session("B", getByStatements(), getGrowing()),
                writerAmongOthers());
    }

    private static Step releaseSavepointBySql() {
        return act("release savepoint by SQL", caller -> caller.jdbc.execute("release application"));
    }

    private static Step writeNextAndEvict() {
        return act("write 1 more, evict", caller -> {
            caller.writeNext();
            caller.region().evict(caller.trial.key());
        });
    }

    /** A look may show the other transaction and list the writer as running. */
    static Scenario writerAmongOthers() {
        return copied("writer, end of another transaction")
                .session("W", writeAndEvict(1), commit())
                .session("X", act("evict something else", caller -> caller.cache.invalidateTags("something else")))
                .session("B", getGrowing(), getByStatements());
    }

    private static Stream<Scenario> puts() {
        return Stream.of(
                put(),
                copiedAndPut("slow put")
                        .session(
                                "P",
                                hold("state 1, put...", NearScenarios::stateAndPut),
                                Step.of("...its row", Step.Kind.RELEASE))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                copiedAndPut("two puts")
                        .session(
                                "P", state(1, "put", caller -> caller.put(1)), state(2, "put", caller -> caller.put(2)))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                copiedAndPut("put of several")
                        .session("P", state(1, "put all", NearScenarios::putAll))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                copiedAndPut("eviction, put if absent")
                        .session("P", evictHere(), state(1, "put if absent", caller -> caller.putIfAbsent(1)))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                copiedAndPut("eviction, increments")
                        .session("P", evictHere(), increment(1), increment(2))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                expiredAndPut(),
                copied("put in a transaction")
                        .session("W", write(1), act("put 1", caller -> caller.put(1)), commit(), stored())
                        .session("B", getByStatements(), getGrowing()));
    }

    static Scenario put() {
        return copiedAndPut("put")
                .session("P", state(1, "put", caller -> caller.put(1)))
                .session("B", getByStatements(4, Caller::getPut), getPut());
    }

    private static Step hold(String name, Step.Action action) {
        return Step.hold(name, action);
    }

    private static void stateAndPut(Caller caller) {
        caller.trial.state(1);
        caller.put(1);
        caller.trial.evicted(1);
    }

    private static void putAll(Caller caller) {
        caller.cache.putAll(Map.of(caller.trial.key(), 1, "another key", 1), Caller.TTL);
    }

    private static Step evictHere() {
        return act("evict", caller -> caller.region().evict(caller.trial.key()));
    }

    private static Step increment(int value) {
        return state(value, "increment", caller -> caller.cache.increment(caller.trial.key(), 1, Caller.TTL));
    }

    /** A put that finds no row replaces none, and says nothing: the copy must be gone before the row is. */
    private static Scenario expiredAndPut() {
        return Scenario.of("copy, that expires with its entry, whose row is swept, put")
                .withCopies()
                .atRest(Caller::getPut)
                .before(caller -> {
                    caller.putFor(0, ENTRIES_LAST_MILLIS);
                    caller.putBeside();
                })
                .beforeIn("B", Caller::copy)
                .session(
                        "P",
                        act("expire", caller -> {
                            LockSupport.parkUntil(System.currentTimeMillis() + COPIES_LAST_MILLIS);
                            caller.expire();
                        }),
                        sweepExpired(),
                        state(1, "put", caller -> caller.put(1)))
                .session("B", getByStatements(2, Caller::getPut));
    }

    /** Here the copy lasts longer than its row, as if both clocks had been set apart. */
    static Scenario outlivingAndPut() {
        return copiedAndPut("whose row expires and is swept, put")
                .session("P", act("expire", Caller::expire), sweepExpired(), state(1, "put", caller -> caller.put(1)))
                .session("B", getByStatements(4, Caller::getPut));
    }

    private static Stream<Scenario> cachePuts() {
        return Stream.of(
                copied("@CachePut whose method has committed")
                        .session("P", mark(), writeNext(), commit(), putMadeAfterCommit())
                        .session("B", getByStatements(4, Caller::getEvictedLater), getEvictedLater()),
                copied("@CachePut in a transaction that writes")
                        .session("P", beginAndMark(), writeNext(), putMadeAndCommit(), stored())
                        .session("B", getByStatements(), getGrowing()));
    }

    private static Stream<Scenario> loads() {
        return Stream.of(
                copied("get or load, writer")
                        .session("W", writeAndEvict(1), commit())
                        .session("B", getOrLoad(), getOrLoad()),
                copied("writer, loader of another process")
                        .session("W", writeAndEvict(1), commit())
                        .session("L", get(), load(), putLoaded())
                        .session("B", getByStatements(3, Caller::getGrowing)),
                Scenario.of("load of a process that copies what it stores, writer, loader of another process")
                        .withCopies()
                        .before(Caller::putBeside)
                        .beforeIn("B", Caller::look)
                        .session("W", writeAndEvict(1), commit())
                        .session("L", get(), load(), putLoaded())
                        .session("B", getOrLoad(), getGrowing(), getGrowing()),
                reload());
    }

    /** The row is replaced while it is valid for all but time, which only its own process may know. */
    static Scenario reload() {
        return copiedAndPut("load in the background of what has expired elsewhere")
                .servingStale()
                .session("A", act("expire", Caller::expire), state(1, "get or load", NearScenarios::refresh))
                .session("B", getByStatements(4, Caller::getPut), getPut());
    }

    private static void refresh(Caller caller) throws Exception {
        caller.refresh(caller.trial::stated);
    }

    /** Threads of one process, with looks and gets in flight at once. */
    private static Stream<Scenario> threads() {
        return Stream.of(
                copied("two threads whose looks are answered in any order, writer")
                        .onOneNode("B", "B2")
                        .session("B", getByStatements(3, Caller::getGrowing))
                        .session("B2", getByStatements(3, Caller::getGrowing))
                        .session("W", writeAndEvict(1), commit()),
                copied("two threads whose looks are answered in any order, put")
                        .atRest(Caller::getPut)
                        .onOneNode("B", "B2")
                        .session("B", getByStatements(3, Caller::getPut))
                        .session("B2", getByStatements(3, Caller::getPut))
                        .session("P", state(1, "put", caller -> caller.put(1))),
                copied("put of one thread, get of another")
                        .atRest(Caller::getPut)
                        .onOneNode("B", "P")
                        .session("P", state(1, "put", caller -> caller.put(1)))
                        .session("B", getByStatements(4, Caller::getPut), getPut()),
                looking("a get in flight, writer")
                        .session("B", getByStatements(2, Caller::getGrowing), getGrowing())
                        .session("B2", look(), look())
                        .session("W", writeAndEvict(1), commit()),
                loading("a load in flight, writer")
                        .session("B", get(), load(), putLoaded())
                        .session("B2", look(), getGrowing(), getGrowing())
                        .session("W", writeAndEvict(1), commit()),
                loading("a load in flight, its slow put, writer")
                        .session("B", slowLoader())
                        .session("B2", look(), getGrowing(), getGrowing())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY)));
    }

    /** B2 follows the log; B has no copy of the entry yet, which is there, and copies it when it reads it again. */
    private static Scenario looking(String name) {
        return loading(name).before(Caller::putToCopy).beforeIn("B", Caller::get);
    }

    /** B2 follows the log; there is no entry. */
    private static Scenario loading(String name) {
        return Scenario.of("two threads, looks of one and " + name)
                .withCopies()
                .onOneNode("B", "B2")
                .before(Caller::putBeside)
                .beforeIn("B2", NearScenarios::follow);
    }

    private static void follow(Caller caller) {
        caller.look();
        caller.look();
    }

    /** The follower begins anew. */
    private static Stream<Scenario> anew() {
        return Stream.of(
                collected(),
                copied("collector, writer, put")
                        .session("C", sample(), cleanup())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY), act("put 1", caller -> caller.put(1)))
                        .session("B", getByStatements(2, Caller::getGrowing)),
                crashed(),
                copied("crash, writer, loader of another process")
                        .session("X", crash())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY))
                        .session("L", get(), load(), putLoaded())
                        .session("B", getByStatements(3, Caller::getGrowing)),
                emptied(),
                looking("a get in flight, writer that empties the table")
                        .session("B", getByStatements(2, Caller::getGrowing), getGrowing())
                        .session("B2", look())
                        .session("W", write(1), truncate(), commit(), act("put 1", caller -> caller.put(1))),
                looking("a get in flight, crash, writer")
                        .session("B", getByStatements(2, Caller::getGrowing), getGrowing())
                        .session("B2", look(), look())
                        .session("X", crash())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY)));
    }

    static Scenario collected() {
        return copied("collector step by step, writer")
                .session("C", sample(), sweep(), collect())
                .session("W", writeEvictAndCommit(1, Eviction.KEY))
                .session("B", getByStatements());
    }

    static Scenario crashed() {
        return copied("crash, writer")
                .session("X", crash())
                .session("W", writeAndEvict(1), commit())
                .session("B", getByStatements(), getGrowing());
    }

    static Scenario emptied() {
        return copied("writer that empties the table")
                .session("W", write(1), truncate(), commit(), act("put 1", caller -> caller.put(1)))
                .session("B", getByStatements(), getGrowing());
    }

    private static Step truncate() {
        return act("truncate", caller -> caller.jdbc.execute("truncate psycache"));
    }
}
