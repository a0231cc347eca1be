package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import java.util.stream.Stream;

/** Loaders return entities that their thread may have read before the lookup. */
final class PersistenceContextScenarios {

    private PersistenceContextScenarios() {}

    static Stream<Scenario> all() {
        return Stream.of(
                Scenario.of("open-in-view, entity read before the first lookup, writer, reader")
                        .before(caller -> caller.put(0))
                        .session("L", open(), find(), get(), loadEntity(), putLoaded())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                readAfterALookup(),
                Scenario.of("open-in-view, slow put of an entity read after another lookup, writer")
                        .session("L", openAndLookUpAnother(), find(), get(), loadEntity(), putLoadedSlowly())
                        .session("W", writer(1)),
                Scenario.of("open-in-view, two loads of one entity, writer")
                        .session(
                                "L",
                                act("open a context", Caller::openContext),
                                get(),
                                loadEntity(),
                                putLoaded(),
                                get(),
                                loadEntity(),
                                putLoaded())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("entity in a transaction, read after another lookup, writer, reader")
                        .session(
                                "L",
                                begin(
                                        "open a context, look up another key",
                                        PersistenceContextScenarios::openAndLookUp),
                                find(),
                                get(),
                                loadEntity(),
                                putAndCommit(),
                                stored())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("open-in-view, @CachePut of an entity read before, writer, reader")
                        .session("P", openAndLookUpAnother(), find(), mark(), loadEntity(), putMade())
                        .session("W", write(1), evictAndCommit())
                        .session("R", get()),
                Scenario.of("@CachePut in a transaction of an entity read before, writer")
                        .session(
                                "P",
                                begin(
                                        "open a context, look up another key",
                                        PersistenceContextScenarios::openAndLookUp),
                                find(),
                                mark(),
                                loadEntity(),
                                putMadeAndCommit(),
                                stored())
                        .session("W", write(1), evictAndCommit()));
    }

    static Scenario readAfterALookup() {
        return Scenario.of("open-in-view, entity read after another lookup, writer, reader")
                .session("L", openAndLookUpAnother(), find(), get(), loadEntity(), putLoaded())
                .session("W", write(1), evictAndCommit())
                .session("R", get());
    }

    private static void openAndLookUp(Caller caller) {
        caller.openContext();
        caller.region().lookup(caller.trial.prefix() + "another", type -> Integer.class);
    }

    private static Step open() {
        return act("open a context", Caller::openContext);
    }

    private static Step openAndLookUpAnother() {
        return act("open a context, look up another key", PersistenceContextScenarios::openAndLookUp);
    }

    private static Step find() {
        return act("find the entity", Caller::find);
    }

    private static Step loadEntity() {
        return act("load: find the entity", Caller::find);
    }
}
