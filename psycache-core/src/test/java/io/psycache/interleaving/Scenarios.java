package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.interleaving.Steps.Eviction;
import java.util.stream.Stream;

/** What applications do, and what must never make a hit stale. */
final class Scenarios {

    private Scenarios() {}

    static Stream<Scenario> all() {
        return Stream.of(
                        in("writers that evict, loaders, readers", Stream.concat(evictions(), writersAndLoaders())),
                        in("evictions outside transactions", evictionsOutside()),
                        in("isolation levels, loads in transactions", isolation()),
                        in("rollbacks and savepoints", rollbacks()),
                        in("own writes and loads in one transaction", ownWrites()),
                        in("puts without a token", PutScenarios.puts()),
                        in("loads stored in the background", PutScenarios.backgroundPuts()),
                        in("@CachePut outside transactions", PutScenarios.cachePutsOutside()),
                        in("@CachePut in transactions", PutScenarios.cachePutsInside()),
                        in("putIfAbsent", PutScenarios.absent()),
                        in("several keys in one statement", batches()),
                        in("one load for several threads", flights()),
                        in("one load for several processes", leases()),
                        in("values that time has ended", ended()),
                        in("expired values if a loader fails", failedLoads()),
                        in("JPA persistence contexts", PersistenceContextScenarios.all()),
                        in("counters", counters()),
                        in(
                                "collector of the log",
                                Stream.concat(CollectorScenarios.collectors(), CollectorScenarios.collectedPuts())),
                        in("crash", CollectorScenarios.crashes()),
                        in("near copies", NearScenarios.all()))
                .flatMap(group -> group);
    }

    private static Stream<Scenario> in(String group, Stream<Scenario> scenarios) {
        return scenarios.map(scenario -> scenario.in(group));
    }

    private static Stream<Scenario> evictions() {
        return Stream.concat(
                Stream.of(Eviction.values()).map(Scenarios::evictedBy),
                Stream.of(
                        Scenario.of("writer that evicts first, slow put, reader")
                                .session("W", evict(), write(1), commit())
                                .session("L", slowLoader())
                                .session("R", get()),
                        Scenario.of("writer, loader and two reads of an entry that is there")
                                .before(caller -> caller.put(0))
                                .session("W", write(1), evict(), commit())
                                .session("L", loader())
                                .session("R", get(), get())));
    }

    /** The end of another transaction makes the writer one that a snapshot lists as running. */
    static Scenario writerAmongOthers() {
        return Scenario.of("writer, end of another transaction, slow put, reader")
                .session("W", writer(1))
                .session("X", act("evict something else", caller -> caller.cache.invalidateTags("something else")))
                .session("L", slowLoader())
                .session("R", get());
    }

    private static Stream<Scenario> writersAndLoaders() {
        return Stream.of(
                writerAmongOthers(),
                Scenario.of("two writers, loader, reader")
                        .session("W1", writer(1))
                        .session("W2", writer(2))
                        .session("L", loader())
                        .session("R", get()),
                Scenario.of("two writers, one evicts the key and one clears, slow put")
                        .session("W1", writer(1))
                        .session("W2", writeEvictAndCommit(2, Eviction.CLEAR))
                        .session("L", slowLoader()),
                Scenario.of("writer, two loaders, reader")
                        .session("W", writer(1))
                        .session("L1", loader())
                        .session("L2", loader())
                        .session("R", get()),
                Scenario.of("writer, two slow puts")
                        .session("W", writer(1))
                        .session("L1", slowLoader())
                        .session("L2", slowLoader()));
    }

    private static Stream<Scenario> isolation() {
        return Stream.of(
                Scenario.of("repeatable-read writer, repeatable-read loader, reader")
                        .session("W", beginRepeatableRead(), write(1), evict(), commit())
                        .session("L", beginRepeatableRead(), get(), load(), putAndCommit(), stored())
                        .session("R", get()),
                Scenario.of("two repeatable-read writers, loader")
                        .session("W1", beginRepeatableRead(), write(1), evictAndCommit())
                        .session("W2", beginRepeatableRead(), write(2), evictAndCommit())
                        .session("L", loader()),
                Scenario.of("writer, loader in a transaction, reader")
                        .session("W", writer(1))
                        .session("L", beginAndGet(), load(), putAndCommit(), stored())
                        .session("R", get()),
                Scenario.of("writer, loader, repeatable-read reader")
                        .session("W", writer(1))
                        .session("L", loader())
                        .session("R", beginRepeatableRead(), get(), get()),
                Scenario.of("writer, loader, reader that reads twice in a transaction")
                        .session("W", writer(1))
                        .session("L", loader())
                        .session("R", begin(), get(), get()));
    }

    private static Stream<Scenario> rollbacks() {
        return Stream.of(
                Scenario.of("writer that rolls back, slow put, reader")
                        .session("W", write(1), evict(), rollback())
                        .session("L", slowLoader())
                        .session("R", get()),
                Scenario.of("writer that rolls back, reader of an entry that is there")
                        .before(caller -> caller.put(0))
                        .session("W", write(1), evict(), get(), rollback())
                        .session("R", get(), get()),
                Scenario.of("writer that puts and rolls back, loader, reader")
                        .session("W", write(1), put(1), rollback(), stored())
                        .session("L", loader())
                        .session("R", get()),
                Scenario.of("savepoint rolled back, slow put")
                        .session("W", savepoint(), write(1), evict(), rollbackToSavepoint(), commit())
                        .session("L", slowLoader()),
                Scenario.of("put in a savepoint rolled back, loader")
                        .session("W", savepoint(), write(1), put(1), rollbackToSavepoint(), commit(), stored())
                        .session("L", loader()),
                Scenario.of("load in a savepoint rolled back, loader")
                        .session(
                                "W",
                                act("get, savepoint, write, evict, load", Scenarios::loadOwnWriteInASavepoint),
                                putLoaded(),
                                rollbackToSavepoint(),
                                commit(),
                                stored())
                        .session("L", loader()),
                putRolledBackBySql());
    }

    static Scenario putRolledBackBySql() {
        return Scenario.of("put in a savepoint rolled back by SQL, loader")
                .session("W", savepointBySql(), write(1), put(1), rollbackToSavepointBySql(), commit(), stored())
                .session("L", loader());
    }

    private static void loadOwnWriteInASavepoint(Caller caller) {
        caller.beginReadCommitted();
        caller.get();
        caller.savepoint();
        caller.write(1);
        caller.region().evict(caller.trial.key());
        caller.load();
    }

    private static Stream<Scenario> ownWrites() {
        return Stream.of(
                Scenario.of("load then write in one transaction, loader")
                        .session("W", begin(), get(), load(), putLoaded(), write(1), evictAndCommit(), stored())
                        .session("L", loader()),
                Scenario.of("write then load in one transaction, loader, reader")
                        .session("W", write(1), evict(), get(), load(), putAndCommit(), stored())
                        .session("L", loader())
                        .session("R", get()),
                writeLoadAndWrite(),
                Scenario.of("write, load and roll back in one transaction, loader")
                        .session("W", write(1), evict(), get(), load(), putLoaded(), rollback(), stored())
                        .session("L", loader()));
    }

    static Scenario writeLoadAndWrite() {
        return Scenario.of("write, load and write again in one transaction, another transaction")
                .session("W", writeAndEvict(1), get(), load(), putLoaded(), writeAndEvict(2), commit(), stored())
                .session("X", touch(), commit(), loader());
    }

    static Scenario evictedByPrefix() {
        return evictedBy(Eviction.PREFIX);
    }

    private static Scenario evictedBy(Eviction eviction) {
        return Scenario.of("writer, slow put, reader: " + eviction)
                .session("W", write(1), evict(eviction), commit())
                .session("L", slowLoader())
                .session("R", get());
    }

    /** Until such an eviction a hit is old, and right from its end on never again. */
    private static Stream<Scenario> evictionsOutside() {
        return Stream.of(Eviction.values())
                .map(eviction -> Scenario.of("eviction after the commit, slow put, reader: " + eviction)
                        .before(caller -> caller.put(0))
                        .session("W", writeNext(), commit(), evictLater(eviction))
                        .session("L", slowLoaderEvictedLater())
                        .session("R", getEvictedLater()));
    }

    private static Stream<Scenario> batches() {
        return Stream.of(
                Scenario.of("writer, loader of two keys, reader of both")
                        .atRest(Batch::get)
                        .session("W", write(1), evict(Eviction.PREFIX), commit())
                        .session("L", Batch.loader())
                        .session("R", Batch.reader()),
                Scenario.of("writer, two loaders of two keys")
                        .atRest(Batch::get)
                        .session("W", write(1), evict(Eviction.TAG), commit())
                        .session("L1", Batch.loader())
                        .session("L2", Batch.loader()));
    }

    private static Stream<Scenario> flights() {
        return Stream.of(
                Scenario.of("two threads of a process, one load for both, writer, reader")
                        .onOneNode("A", "B")
                        .session("A", getOrLoad())
                        .session("B", getOrLoad())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("two threads of a process, one load for both, slow put, writer")
                        .onOneNode("A", "B")
                        .session("A", getOrLoadSlowly(Caller::getOrLoad))
                        .session("B", getOrLoad())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("two threads of a process, one load for both of what can't be stored, writer")
                        .onOneNode("A", "B")
                        .session("A", getOrLoad(Caller::getOrLoadUnstored))
                        .session("B", getOrLoad(Caller::getOrLoadUnstored))
                        .session("W", writer(1)),
                Scenario.of("get or load in a transaction, writer, reader")
                        .session("L", begin(), getOrLoad(), commit(), stored())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("get or load in a transaction that writes later, loader")
                        .session("W", begin(), getOrLoad(), write(1), evictAndCommit(), stored())
                        .session("L", loader()),
                Scenario.of("get or load in a transaction and another thread of the process, writer")
                        .onOneNode("L", "A")
                        .session("L", begin(), getOrLoad(), commit())
                        .session("A", getOrLoad())
                        .session("W", write(1), evictAndCommit()));
    }

    private static Stream<Scenario> leases() {
        return Stream.of(
                Scenario.of("two processes, a lease, writer, reader")
                        .withLeases()
                        .session("A", getOrLoad())
                        .session("B", getOrLoad())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("two processes, a lease, slow put, writer")
                        .withLeases()
                        .session("A", getOrLoadSlowly(Caller::getOrLoad))
                        .session("B", getOrLoad())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("two processes, a lease, one of them with two threads, writer")
                        .withLeases()
                        .onOneNode("B", "C")
                        .session("A", getOrLoad())
                        .session("B", getOrLoad())
                        .session("C", getOrLoad())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY)),
                Scenario.of("two processes, a lease, a value that is not stored, writer")
                        .withLeases()
                        .session("A", getOrLoad(Caller::getOrLoadUnstored))
                        .session("B", getOrLoad(Caller::getOrLoadUnstored))
                        .session("W", writer(1)));
    }

    private static Stream<Scenario> ended() {
        return Stream.of(
                endedValue(),
                Scenario.of("two processes, a lease, an ended value, its refresh with a slow put, writer")
                        .servingStale()
                        .withLeases()
                        .before(caller -> caller.putAndEnd(0))
                        .atRest(Caller::getOrLoadAtOnce)
                        .session("A", getOrLoadSlowly(Caller::getOrLoad))
                        .session("B", getOrLoadAtOnce())
                        .session("W", write(1), evictAndCommit()));
    }

    static Scenario endedValue() {
        return Scenario.of("ended value, its refresh with a slow put, writer, reader")
                .servingStale()
                .before(caller -> caller.putAndEnd(0))
                .atRest(Caller::getOrLoadAtOnce)
                .session("A", getOrLoadSlowly(Caller::getOrLoad))
                .session("R", getOrLoadAtOnce())
                .session("W", write(1), evict(Eviction.TAG), commit());
    }

    private static Stream<Scenario> failedLoads() {
        return Stream.of(
                failedLoad(),
                Scenario.of("expired value, a load that fails for two threads, writer")
                        .servingStaleIfError()
                        .onOneNode("A", "B")
                        .before(caller -> caller.putAndEnd(0))
                        .atRest(Caller::getOrFailAtOnce)
                        .session("A", getOrLoad(Caller::getOrFail))
                        .session("B", getOrLoad(Caller::getOrFail))
                        .session("W", write(1), evict(Eviction.TAG), commit()));
    }

    static Scenario failedLoad() {
        return Scenario.of("expired value, a load that fails, writer, later reader")
                .servingStaleIfError()
                .before(caller -> caller.putAndEnd(0))
                .atRest(Caller::getOrFailAtOnce)
                .session("A", getOrLoad(Caller::getOrFail))
                .session("R", act("get or fail at once", Caller::getOrFailAtOnce))
                .session("W", write(1), evict(Eviction.TAG), commit());
    }

    private static Stream<Scenario> counters() {
        return Stream.of(Eviction.KEY, Eviction.PREFIX, Eviction.FLUSH).map(Scenarios::counters);
    }

    static Scenario counters(Eviction eviction) {
        return Scenario.of("late increments: " + eviction)
                .atRest(Caller::count)
                .session("I1", incrementSlowly())
                .session("I2", incrementSlowly())
                .session("W", evict(eviction), act("commit", Caller::commitReset))
                .session("R", act("count", Caller::count));
    }
}
