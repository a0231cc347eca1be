package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Step.hold;
import static io.psycache.interleaving.Steps.*;

import io.psycache.interleaving.Steps.Eviction;
import java.util.List;
import java.util.stream.Stream;

/** Values that applications state: with {@code put}, {@code @CachePut} and {@code putIfAbsent}. */
final class PutScenarios {

    private PutScenarios() {}

    /** Loaded values that wait for a while to be stored. */
    static Stream<Scenario> backgroundPuts() {
        return Stream.of(
                Scenario.of("load stored later, writer that evicts, reader")
                        .session("L", get(), load(), putLoadedBehind(), stored())
                        .session("W", write(1), evict(), commit())
                        .session("R", get()),
                Scenario.of("load stored later and slowly, writer that evicts, reader")
                        .session("L", get(), load(), putLoadedBehind(), storedSlowly())
                        .session("W", writer(1))
                        .session("R", get()),
                Scenario.of("load stored later, writer that clears, reader")
                        .session("L", get(), load(), putLoadedBehind(), stored())
                        .session("W", writeEvictAndCommit(1, Eviction.CLEAR))
                        .session("R", get()),
                Scenario.of("put after the commit, load stored later")
                        .session("W", write(1), evict(), commit(), put(1))
                        .session("L", get(), load(), putLoadedBehind(), stored()));
    }

    static Stream<Scenario> puts() {
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
                putAndWriteAgain(),
                Scenario.of("two puts in one transaction, loader")
                        .session("W", write(1), put(1), write(2), put(2), commit(), stored())
                        .session("L", loader()),
                Scenario.of("two writers that put in their transactions, reader")
                        .session("W1", write(1), put(1), commit(), stored())
                        .session("W2", write(2), put(2), commit(), stored())
                        .session("R", get()),
                Scenario.of("put in a transaction, stored slowly, and a later writer")
                        .session("W1", write(1), put(1), commit(), storedSlowly())
                        .session("W2", writer(2)),
                Scenario.of("put in a transaction and a writer that evicts, reader")
                        .session("W1", write(1), put(1), commit(), stored())
                        .session("W2", writer(2))
                        .session("R", get()),
                Scenario.of("put in a transaction of what another one changes, reader")
                        .session("P", touch(), putWhatIsRead(), commit(), stored())
                        .session("W", writer(1))
                        .session("R", get()),
                stated(),
                statedAndExpired(sweepExpired()),
                statedExpiredAndCollected(),
                expiredAndIncremented(sweepExpired()));
    }

    static Scenario putAndWriteAgain() {
        return Scenario.of("put in a transaction that writes again later, loader")
                .session("W", write(1), put(1), write(2), evict(), commit(), stored())
                .session("L", loader());
    }

    /** Nothing invalidates here, so that only the order of snapshots can tell what is newer. */
    static Scenario stated() {
        return Scenario.of("put of what is not in the database, slow put of a loader, another transaction")
                .atRest(Caller::getStated)
                .session("S", act("state and put", PutScenarios::state))
                .session("L", loaderOfWhatIsStated())
                .session("X", touch(), commit());
    }

    /** The row that keeps an older value out has expired, and is deleted before that value comes. */
    static Scenario statedAndExpired(Step cleanup) {
        return Scenario.of("put of what is not in the database, that expires and is swept, slow put of a loader")
                .atRest(Caller::getStated)
                .session("S", act("state and put", PutScenarios::state), act("expire", Caller::expire))
                .session("C", cleanup)
                .session("L", loaderOfWhatIsStated());
    }

    private static Scenario statedExpiredAndCollected() {
        return Scenario.of("put of what is not in the database, that expires and is collected, put of a loader")
                .atRest(Caller::getStated)
                .session("S", act("state and put", PutScenarios::state), act("expire", Caller::expire))
                .session("C", sample(), cleanup())
                .session("L", loadOfWhatIsStated(), act("put", Caller::putLoaded));
    }

    static Scenario expiredAndIncremented(Step cleanup) {
        return Scenario.of("value that has expired and is swept, slow increment")
                .before(caller -> caller.putAndEnd(5))
                .atRest(Caller::count)
                .session("C", cleanup)
                .session("I", incrementSlowly(), act("increment", Caller::increment));
    }

    private static void state(Caller caller) {
        caller.trial.state(1);
        caller.put(1);
    }

    private static List<Step> loaderOfWhatIsStated() {
        return List.of(
                loadOfWhatIsStated().get(0),
                loadOfWhatIsStated().get(1),
                putLoadedSlowly().get(0),
                putLoadedSlowly().get(1));
    }

    private static List<Step> loadOfWhatIsStated() {
        return List.of(
                act("get", caller -> caller.lookUp(value -> {})),
                act("load", caller -> caller.loaded = caller.trial.stated()));
    }

    /** {@code @CachePut} on methods that are in no transaction when the cache is asked. */
    static Stream<Scenario> cachePutsOutside() {
        return Stream.of(
                Scenario.of("@CachePut of what another one changes, reader")
                        .session("P", mark(), read(), putMade())
                        .session("W", writer(1))
                        .session("R", get()),
                Scenario.of("slow @CachePut of what another one changes, who clears")
                        .session("P", mark(), read(), putMadeSlowly())
                        .session("W", write(1), evict(Eviction.CLEAR), commit()),
                Scenario.of("@CachePut of what another one changes, who evicts a prefix")
                        .session("P", mark(), read(), putMade())
                        .session("W", write(1), evict(Eviction.PREFIX), commit()),
                Scenario.of("@CachePut, slow put of a loader, writer")
                        .session("P", mark(), read(), putMade())
                        .session("L", get(), load(), putLoadedSlowly())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("two @CachePut of what another one changes")
                        .session("P1", mark(), read(), putMade())
                        .session("P2", mark(), read(), putMade())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("two @CachePut whose methods have committed, reader")
                        .session("P1", mark(), writeNext(), commit(), putMadeAfterCommit())
                        .session("P2", mark(), writeNext(), commit(), putMadeAfterCommit())
                        .session("R", getEvictedLater()),
                Scenario.of("@CachePut whose method has committed, slow put of a loader")
                        .session("P", mark(), writeNext(), commit(), putMadeAfterCommit())
                        .session("L", slowLoaderEvictedLater()),
                Scenario.of("@CachePut begun outside a repeatable-read transaction, writer, reader")
                        .before(caller -> caller.put(0))
                        .session("P", mark(), beginRepeatableRead(), read(), putMadeAndCommit())
                        .session("W", writer(1))
                        .session("R", get()));
    }

    /** {@code @CachePut} on transactional methods, where it is part of their transactions. */
    static Stream<Scenario> cachePutsInside() {
        return Stream.of(
                cachePutOfWhatAnotherOneChanges(),
                Scenario.of("@CachePut in a transaction that has written, of what another one changes")
                        .session("P", touch(), mark(), read(), putMadeAndCommit(), stored())
                        .session("W", writer(1)),
                Scenario.of("@CachePut in a transaction that writes, slow put of a loader")
                        .session("P", beginAndMark(), writeNext(), putMade(), commit(), stored())
                        .session("L", slowLoader()),
                Scenario.of("two @CachePut in transactions that write")
                        .session("P1", beginAndMark(), writeNext(), putMade(), commit(), stored())
                        .session("P2", beginAndMark(), writeNext(), putMade(), commit(), stored()),
                Scenario.of("@CachePut in a transaction, stored slowly, and a later writer")
                        .session("P", beginAndMark(), writeNext(), putMadeAndCommit(), storedSlowly())
                        .session("W", writer(7)),
                Scenario.of("@CachePut in a repeatable-read transaction of what another one changes, reader")
                        .session("P", beginRepeatableRead(), mark(), read(), putMadeAndCommit(), stored())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("@CachePut in a transaction that writes again later, loader")
                        .session("P", beginAndMark(), writeNext(), putMade(), write(7), evict(), commit(), stored())
                        .session("L", loader()),
                Scenario.of("two @CachePut in one transaction, loader")
                        .session(
                                "P",
                                beginAndMark(),
                                act("write, put", PutScenarios::writeAndPutMade),
                                mark(),
                                act("write, put", PutScenarios::writeAndPutMade),
                                commit(),
                                stored())
                        .session("L", loader()),
                Scenario.of("@CachePut in a transaction that rolls back, loader")
                        .session("P", beginAndMark(), writeNext(), putMade(), rollback(), stored())
                        .session("L", loader()),
                Scenario.of("@CachePut in a savepoint rolled back, loader")
                        .session(
                                "P",
                                begin("before @CachePut's method, savepoint", PutScenarios::markAndSavepoint),
                                writeNext(),
                                putMade(),
                                rollbackToSavepoint(),
                                commit(),
                                stored())
                        .session("L", loader()),
                Scenario.of("@CachePut begun outside the transaction, loader, reader")
                        .session("P", mark(), writeNext(), putMade(), commit(), stored())
                        .session("L", loader())
                        .session("R", get()));
    }

    static Scenario cachePutOfWhatAnotherOneChanges() {
        return Scenario.of("@CachePut in a transaction of what another one changes, reader")
                .session("P", beginAndMark(), read(), putMade(), commit(), stored())
                .session("W", write(1), evictAndCommit())
                .session("R", get());
    }

    private static void writeAndPutMade(Caller caller) {
        caller.writeNext();
        caller.putMade();
    }

    private static void markAndSavepoint(Caller caller) {
        caller.mark();
        caller.savepoint();
    }

    static Stream<Scenario> absent() {
        return Stream.of(
                Scenario.of("putIfAbsent after the commit, slow put of a loader, reader")
                        .session("W", write(1), evict(), commit(), putIfAbsent(1))
                        .session("L", slowLoader())
                        .session("R", get()),
                Scenario.of("slow putIfAbsent after the commit, loader")
                        .before(caller -> caller.put(0))
                        .session(
                                "W",
                                write(1),
                                evict(),
                                commit(),
                                hold("put 1 if absent...", caller -> caller.putIfAbsent(1)),
                                Step.of("...its row", Step.Kind.RELEASE))
                        .session("L", loader()),
                Scenario.of("putIfAbsent of what was read in the same snapshot, writer, reader")
                        .session(
                                "P",
                                beginRepeatableRead(),
                                read(),
                                act("put if absent, commit", PutScenarios::putReadIfAbsentAndCommit),
                                stored())
                        .session("W", writer(1))
                        .session("R", get()),
                Scenario.of("putIfAbsent of what the transaction wrote, loader")
                        .session("W", write(1), evict(), putIfAbsent(1), commit(), stored())
                        .session("L", loader()),
                Scenario.of("two putIfAbsent in transactions, writer")
                        .session("P1", readAndPutIfAbsent())
                        .session("P2", readAndPutIfAbsent())
                        .session("W", write(1), evictAndCommit()));
    }

    private static Step putIfAbsent(int value) {
        return act("put " + value + " if absent", caller -> caller.putIfAbsent(value));
    }

    private static void putReadIfAbsentAndCommit(Caller caller) {
        caller.putReadIfAbsent();
        caller.commit();
    }

    private static List<Step> readAndPutIfAbsent() {
        return List.of(
                beginRepeatableRead(),
                act("read, put if absent, commit", caller -> {
                    caller.read();
                    putReadIfAbsentAndCommit(caller);
                }),
                stored());
    }
}
