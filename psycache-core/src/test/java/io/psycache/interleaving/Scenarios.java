package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.interleaving.Steps.Eviction;
import java.util.stream.Stream;

/** What applications do, and what must never make a hit stale. */
final class Scenarios {

    private Scenarios() {}

    static Stream<Scenario> all() {
        return Stream.of(evictions(), writersAndLoaders(), isolation(), rollbacks(), ownWrites(), puts(), others())
                .flatMap(group -> group);
    }

    private static Stream<Scenario> evictions() {
        return Stream.concat(
                Stream.of(Eviction.values())
                        .map(eviction -> Scenario.of("writer, slow put, reader: " + eviction)
                                .session("W", write(1), evict(eviction), commit())
                                .session("L", slowLoader())
                                .session("R", get())),
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

    private static Stream<Scenario> writersAndLoaders() {
        return Stream.of(
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
                Scenario.of("put in a savepoint rolled back by SQL, loader")
                        .session(
                                "W", savepointBySql(), write(1), put(1), rollbackToSavepointBySql(), commit(), stored())
                        .session("L", loader()));
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
                Scenario.of("write, load and write again in one transaction, another transaction")
                        .session(
                                "W",
                                writeAndEvict(1),
                                get(),
                                load(),
                                putLoaded(),
                                writeAndEvict(2),
                                commit(),
                                stored(),
                                loader())
                        .session("X", touch(), commit()),
                Scenario.of("write, load and roll back in one transaction, loader")
                        .session("W", write(1), evict(), get(), load(), putLoaded(), rollback(), stored())
                        .session("L", loader()));
    }

    private static Stream<Scenario> puts() {
        return Stream.of(
                Scenario.of("put after the commit, slow put of a loader, reader")
                        .session("W", write(1), evict(), commit(), put(1))
                        .session("L", slowLoader())
                        .session("R", get()),
                Scenario.of("slow put after the commit, loader, reader")
                        .session("W", write(1), evict(), commit(), putSlowly(1))
                        .session("L", loader())
                        .session("R", get()),
                Scenario.of("put in a transaction, slow put of a loader, reader")
                        .session("W", write(1), put(1), commit(), stored())
                        .session("L", slowLoader())
                        .session("R", get()),
                Scenario.of("put in a transaction that writes again later, loader")
                        .session("W", write(1), put(1), write(2), evict(), commit(), stored())
                        .session("L", loader()),
                Scenario.of("two puts in one transaction, loader")
                        .session("W", write(1), put(1), write(2), put(2), commit(), stored())
                        .session("L", loader()),
                Scenario.of("two writers that put in their transactions, reader")
                        .session("W1", write(1), put(1), commit(), stored())
                        .session("W2", write(2), put(2), commit(), stored())
                        .session("R", get()),
                Scenario.of("put in a transaction and a writer that evicts, reader")
                        .session("W1", write(1), put(1), commit(), stored())
                        .session("W2", writer(2))
                        .session("R", get()),
                Scenario.of("put in a transaction of what another one changes, reader")
                        .session("P", touch(), putWhatIsRead(), commit(), stored())
                        .session("W", writer(1))
                        .session("R", get()));
    }

    private static Stream<Scenario> others() {
        return Stream.of(
                Scenario.of("crash, writer, loader, reader")
                        .session("X", crash())
                        .session("W", writer(1))
                        .session("L", loader())
                        .session("R", get()),
                Scenario.of("crash, put in a transaction, loader")
                        .session("X", crash())
                        .session("W", write(1), put(1), commit(), stored())
                        .session("L", loader()),
                Scenario.of("crash, writer, put of a loader in a transaction, reader")
                        .session("X", crash())
                        .session("W", write(1), evictAndCommit())
                        .session("L", beginAndGet(), load(), putAndCommit(), stored())
                        .session("R", get()),
                Scenario.of("collector, writer, loader")
                        .session("C", sample(), cleanup())
                        .session("W", writer(1))
                        .session("L", loader()),
                Scenario.of("collector, writer, reader of an entry that is there")
                        .before(caller -> caller.put(0))
                        .session("C", sample(), sweep(), collect())
                        .session("W", writer(1))
                        .session("R", beginRepeatableRead(), get()),
                Scenario.of("collector step by step, writer, loader")
                        .session("C", sample(), sweep(), collect())
                        .session("W", writer(1))
                        .session("L", loader()),
                Scenario.of("collector, writer, repeatable-read loader")
                        .session("C", sample(), cleanup())
                        .session("W", write(1), evictAndCommit())
                        .session("L", beginRepeatableRead(), get(), load(), putAndCommit(), stored()),
                Scenario.of("collector, put in a transaction of what another one changes")
                        .session("C", sample(), cleanup())
                        .session("P", touch(), putWhatIsRead(), commit(), stored())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("collector, crash, writer, loader")
                        .session("C", sample(), cleanup())
                        .session("X", crash())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY))
                        .session("L", get(), loader()),
                Scenario.of("two threads of a process, one load for both, writer, reader")
                        .onOneNode("A", "B")
                        .session("A", getOrLoad())
                        .session("B", getOrLoad())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                counters("late increments, eviction", evict()),
                counters("late increments, flush", evict(Eviction.FLUSH)));
    }

    private static Scenario counters(String name, Step evict) {
        return Scenario.of(name)
                .atRest(Caller::count)
                .session("I1", incrementSlowly())
                .session("I2", incrementSlowly())
                .session("W", evict, act("commit", Caller::commitReset))
                .session("R", act("count", Caller::count));
    }
}
