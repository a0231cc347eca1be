package io.psycache.interleaving;

import static io.psycache.interleaving.NearScenarios.copied;
import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.internal.near.LogFollower;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.near.NearCopy;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.GetResult.StoredEntry;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.LogReads;
import io.psycache.internal.store.session.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Copies without one of their rules: in the statements of real processes, or in a process of their own, one for each trial. */
final class BrokenCopies {
    private static final CacheTables TABLES = new CacheTables("", "psycache");
    private static final Map<Trial, BrokenCopies> PROCESSES = new ConcurrentHashMap<>();

    private final EntryReads reads = new EntryReads(TABLES, false);
    private final NearCopies copies = new NearCopies(1_000_000);
    private final LogFollower follower;

    private BrokenCopies(Caller caller) {
        Sessions sessions = new Sessions(caller.dataSource, Duration.ofMinutes(1));
        follower = new LogFollower(new LogReads(TABLES), caller.dataSource, sessions::until);
    }

    static Stream<Scenario> all() {
        return Stream.of(statements(), looks(), numbers()).flatMap(group -> group);
    }

    private static Stream<Scenario> statements() {
        return Stream.of(
                NearScenarios.writerAmongOthers()
                        .broken(
                                "look that leaves out what was running at the one before",
                                replacing("pg_visible_in_snapshot(r.xid, pg_current_snapshot())", "false")),
                NearScenarios.collected()
                        .broken(
                                "look that does not ask what was collected",
                                replacing("p.collected, array", "null, array")),
                NearScenarios.evicted(Steps.Eviction.PREFIX)
                        .broken("look that takes prefixes for tags", replacing("when i.prefix is null", "when true")),
                NearScenarios.crashed()
                        .broken("look that does not ask for the epoch", replacing("p.epoch, p.tableoid", "'', ''")),
                NearScenarios.emptied()
                        .broken("look that does not ask for the file", replacing("pg_relation_filenode(", "length(")),
                NearScenarios.put()
                        .broken("put that notes nothing for copies", replacing("where replaced)", "where false)")),
                NearScenarios.reload()
                        .broken(
                                "load of what has an entry that notes nothing",
                                replacing("where replaced)", "where false)")));
    }

    private static UnaryOperator<String> replacing(String part, String other) {
        return sql -> sql.replace(part, other);
    }

    private static Stream<Scenario> looks() {
        return Stream.of(
                NearScenarios.evicted(Steps.Eviction.KEY)
                        .broken("copy that a look from before the call confirms", UnaryOperator.identity())
                        .servingLateCopies(),
                NearScenarios.outlivingAndPut().broken("copy that outlives its row", UnaryOperator.identity()));
    }

    private static Stream<Scenario> numbers() {
        return Stream.of(
                copied("")
                        .session(
                                "B",
                                act("get...", caller -> of(caller).getAndNumber(caller)),
                                Step.of("...copy", Step.Kind.RESUME))
                        .session("W", writeAndEvict(1), commit())
                        .session("B2", lookHere(), serve())
                        .broken("copy with the number of after its get", UnaryOperator.identity()),
                Scenario.of("")
                        .withCopies()
                        .session(
                                "B",
                                act("load", caller -> of(caller).load(caller)),
                                act("copy, put", caller -> of(caller).copyAndPut(caller)))
                        .session("W", writeAndEvict(1), commit())
                        .session("B2", lookHere(), serve())
                        .broken("copy of what is not stored yet", UnaryOperator.identity()));
    }

    private static BrokenCopies of(Caller caller) {
        return PROCESSES.computeIfAbsent(caller.trial, trial -> new BrokenCopies(caller));
    }

    private static Step lookHere() {
        return act("look", caller -> of(caller).look(caller));
    }

    private static Step serve() {
        return act("get", caller -> of(caller).serve(caller));
    }

    private boolean look(Caller caller) {
        return follower.look(Batch.session(caller.dataSource));
    }

    private void getAndNumber(Caller caller) {
        long sent = System.nanoTime();
        StoredEntry entry = reads.getAging(Batch.session(caller.dataSource), List.of(caller.trial.key()))
                .get(0)
                .entry();
        caller.pause();
        if (entry != null) {
            copies.found(caller.trial.key(), entry, sent, follower.number());
        }
    }

    private void load(Caller caller) {
        caller.token = (LoadToken) Batch.token(caller.dataSource);
        caller.read();
    }

    private void copyAndPut(Caller caller) {
        byte[] json = CopiedValues.json(Objects.requireNonNull(caller.loaded));
        Entry entry = new Entry(
                caller.trial.key(), json, Caller.TTL, Duration.ZERO, List.of(), Integer.class.getName(), null);
        copies.stored(entry, json.length, System.nanoTime(), follower.number());
        Batch.put(
                caller.dataSource,
                List.of(Batch.loaded(caller, caller.trial.key(), Objects.requireNonNull(caller.token))));
    }

    private void serve(Caller caller) {
        int least = caller.data();
        NearCopy copy = copies.get(caller.trial.key());
        if (copy != null && look(caller) && follower.isValid(copy)) {
            int value = CopiedValues.value(
                    Objects.requireNonNull(copy.hit().entry()).json());
            caller.trial.copied();
            caller.trial.hit(value, IntStream.rangeClosed(least, caller.data()).toArray());
        }
    }
}
