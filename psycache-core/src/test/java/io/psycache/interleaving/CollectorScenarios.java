package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.interleaving.Steps.Eviction;
import java.util.stream.Stream;

/** The log is collected anywhere among what others do, and a crash empties it. */
final class CollectorScenarios {

    private CollectorScenarios() {}

    static Stream<Scenario> collectors() {
        return Stream.of(
                collectedWriterAndLoader(),
                evicting(Eviction.TAG),
                evicting(Eviction.CLEAR),
                evicting(Eviction.PREFIX),
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
                Scenario.of("two collectors, writer, loader")
                        .session("C1", sample(), cleanup())
                        .session("C2", sample(), cleanup())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY))
                        .session("L", get(), loadAndPut()));
    }

    static Scenario collectedWriterAndLoader() {
        return Scenario.of("collector, writer, loader")
                .session("C", sample(), cleanup())
                .session("W", writer(1))
                .session("L", loader());
    }

    private static Scenario evicting(Eviction eviction) {
        return Scenario.of("collector, writer, loader of an entry that is there: " + eviction)
                .before(caller -> caller.put(0))
                .session("C", sample(), cleanup())
                .session("W", write(1), act("evict " + eviction + ", commit", caller -> {
                    eviction.run(caller);
                    caller.commit();
                }))
                .session("L", loader());
    }

    static Stream<Scenario> collectedPuts() {
        return Stream.of(
                collectedPut(),
                Scenario.of("collector, @CachePut of what another one changes")
                        .session("C", sample(), cleanup())
                        .session("P", mark(), read(), putMade())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("collector, @CachePut in a transaction of what another one changes")
                        .session("C", sample(), cleanup())
                        .session("P", beginAndMark(), read(), putMadeAndCommit(), stored())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("collector, @CachePut in a transaction that writes, loader")
                        .session("C", sample(), cleanup())
                        .session("P", beginAndMark(), writeNext(), putMadeAndCommit(), stored())
                        .session("L", get(), loadAndPut()),
                Scenario.of("collector, putIfAbsent after the commit, loader")
                        .session("C", sample(), cleanup())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY), act("put if absent", c -> c.putIfAbsent(1)))
                        .session("L", loader()));
    }

    static Scenario collectedPut() {
        return Scenario.of("collector, put in a transaction of what another one changes")
                .session("C", sample(), cleanup())
                .session("P", touch(), putWhatIsRead(), commit(), stored())
                .session("W", write(1), evictAndCommit());
    }

    private static Step loadAndPut() {
        return act("load, put what was loaded", caller -> {
            caller.load();
            caller.putLoaded();
        });
    }

    static Stream<Scenario> crashes() {
        return Stream.of(
                Scenario.of("crash, writer, loader, reader")
                        .session("X", crash())
                        .session("W", writer(1))
                        .session("L", loader())
                        .session("R", get()),
                Scenario.of("crash, writer, reader of an entry that is there")
                        .before(caller -> caller.put(0))
                        .session("X", crash())
                        .session("W", writer(1))
                        .session("R", get(), get()),
                Scenario.of("crash, put in a transaction, loader")
                        .session("X", crash())
                        .session("W", write(1), put(1), commit(), stored())
                        .session("L", loader()),
                Scenario.of("crash, @CachePut of what another one changes, reader")
                        .session("X", crash())
                        .session("P", mark(), read(), putMade())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("crash, writer, put of a loader in a transaction, reader")
                        .session("X", crash())
                        .session("W", write(1), evictAndCommit())
                        .session("L", beginAndGet(), load(), putAndCommit(), stored())
                        .session("R", get()),
                Scenario.of("collector, crash, writer, loader")
                        .session("C", sample(), cleanup())
                        .session("X", crash())
                        .session("W", writeEvictAndCommit(1, Eviction.KEY))
                        .session("L", get(), loader()));
    }
}
