package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;

import io.psycache.internal.store.LoadToken;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The schemes that look right and are not. Each must be caught: else the scenarios that pass have shown nothing. */
final class BrokenSchemes {
    static final String GROUP = "controls";

    private BrokenSchemes() {}

    static Stream<Scenario> all() {
        return Stream.of(
                        plainTables(),
                        tokens(),
                        logs(),
                        orders(),
                        flights(),
                        failedLoads(),
                        BrokenStatements.all(),
                        BrokenCopies.all())
                .flatMap(group -> group)
                .map(scenario -> scenario.in(GROUP));
    }

    /** A table of keys and values, as everybody writes it first. */
    private static Stream<Scenario> plainTables() {
        return Stream.of(
                Scenario.of("BROKEN delete in the transaction, then put")
                        .atRest(BrokenSchemes::plainGet)
                        .session("W", write(1), act("delete", BrokenSchemes::plainDelete), commit())
                        .session("L", plainLoader())
                        .session("R", act("get", BrokenSchemes::plainGet)),
                Scenario.of("BROKEN delete after the commit")
                        .atRest(BrokenSchemes::plainGet)
                        .session("W", write(1), commit(), act("delete", BrokenSchemes::plainDelete))
                        .session("L", plainLoader())
                        .session("R", act("get", BrokenSchemes::plainGet)));
    }

    private static List<Step> plainLoader() {
        return List.of(
                act("get", BrokenSchemes::plainGet), act("load", Caller::load), act("put", BrokenSchemes::plainPut));
    }

    private static void plainGet(Caller caller) {
        List<Integer> found =
                caller.jdbc.queryForList("select v from plain where k = ?", Integer.class, caller.trial.key());
        caller.found(found);
    }

    private static void plainDelete(Caller caller) {
        caller.jdbc.update("delete from plain where k = ?", caller.trial.key());
    }

    private static void plainPut(Caller caller) {
        if (caller.loaded != null) {
            caller.jdbc.update(
                    "insert into plain values (?, ?) on conflict (k) do update set v = excluded.v",
                    caller.trial.key(),
                    caller.loaded);
        }
    }

    private static Stream<Scenario> tokens() {
        return Stream.of(
                Scenario.of("BROKEN token taken after the transaction has an id")
                        .session(
                                "L",
                                writeAndEvict(1),
                                act("token, load", BrokenSchemes::tokenAlthoughWritten),
                                writeAndEvict(2),
                                commit(),
                                act("put", BrokenSchemes::putWithToken))
                        .session("X", touch(), commit()),
                Scenario.of("BROKEN token from another connection than the repeatable-read loader's")
                        .session("W", writer(1))
                        .session(
                                "L",
                                beginRepeatableRead(),
                                act("token from elsewhere", BrokenSchemes::tokenFromElsewhere),
                                act("load", caller -> caller.loaded = caller.data()),
                                commit(),
                                act("put", BrokenSchemes::putWithToken))
                        .session("R", get()));
    }

    private static void tokenAlthoughWritten(Caller caller) {
        Map<String, Object> token = caller.jdbc.queryForMap(
                "select epoch::text as epoch, pg_current_snapshot()::text as snapshot from psycache_epoch");
        caller.token = new LoadToken((String) token.get("epoch"), (String) token.get("snapshot"));
        caller.loaded = caller.data();
    }

    private static void tokenFromElsewhere(Caller caller) {
        caller.token = (LoadToken) Batch.token(new SingleConnectionDataSource(caller.dataSource.background(), true));
    }

    private static void putWithToken(Caller caller) {
        LoadToken token = Objects.requireNonNull(caller.token);
        Batch.put(caller.dataSource, List.of(Batch.loaded(caller, caller.trial.key(), token)));
    }

    private static Stream<Scenario> flights() {
        return Stream.of(
                Scenario.of("BROKEN waiter that takes a fenced value")
                        .onOneNode("A", "B")
                        .session("A", getOrLoad(BrokenFlight::takeAnything))
                        .session("B", getOrLoad(BrokenFlight::takeAnything))
                        .session("W", writer(1)),
                Scenario.of("BROKEN waiter that came after the put began")
                        .onOneNode("A", "B")
                        .session("A", getOrLoadSlowly(BrokenFlight::takeStored))
                        .session("B", getOrLoad(BrokenFlight::takeStored))
                        .session("W", write(1), evictAndCommit()));
    }

    private static Stream<Scenario> logs() {
        return Stream.of(
                Scenario.of("BROKEN log looked at by the put only")
                        .atRest(BrokenSchemes::unvalidatedGet)
                        .session("W", writer(1))
                        .session("L", loader())
                        .session("R", act("get", BrokenSchemes::unvalidatedGet)),
                Scenario.of("BROKEN flush that deletes and logs nothing")
                        .session("W", write(1), act("delete", BrokenSchemes::deleteEntry), commit())
                        .session("L", loader()),
                Scenario.of("BROKEN put without a token, queued behind another writer")
                        .session("W1", writer(1), put(1))
                        .session("W2", writer(2)),
                Scenario.of("BROKEN collector that does not say what it collected")
                        .session("C", sample(), sweep(), act("delete the log", BrokenSchemes::deleteLog))
                        .session("W", write(1), evictAndCommit())
                        .session("L", loader()),
                PutScenarios.statedAndExpired(act("delete the expired row", BrokenSchemes::deleteExpired))
                        .broken("cleanup that deletes an expired row and logs nothing", UnaryOperator.identity()),
                PutScenarios.expiredAndIncremented(act("delete and log", BrokenSchemes::deleteExpiredAndLog))
                        .broken("cleanup that logs an expired row with its own id", UnaryOperator.identity()),
                Scenario.of("BROKEN put that takes longer than the log is kept")
                        .session("C", sample(), cleanup())
                        .session("W", write(1), evictAndCommit())
                        .session("L", slowLoader()));
    }

    private static void unvalidatedGet(Caller caller) {
        caller.found(caller.jdbc.queryForList(
                "select value::int from psycache where key = ?", Integer.class, caller.trial.key()));
    }

    private static void deleteEntry(Caller caller) {
        caller.jdbc.update("delete from psycache where key = ?", caller.trial.key());
    }

    private static void deleteExpired(Caller caller) {
        caller.jdbc.update(
                "delete from psycache where key = ? and expires_at <= statement_timestamp()", caller.trial.key());
    }

    private static void deleteExpiredAndLog(Caller caller) {
        caller.jdbc.update("""
                with gone as (delete from psycache where key = ? and expires_at <= statement_timestamp() returning key)
                insert into psycache_invalidation (tag) select 'k:' || key from gone""", caller.trial.key());
    }

    private static void deleteLog(Caller caller) {
        caller.jdbc.update("delete from psycache_invalidation");
    }

    private static Stream<Scenario> failedLoads() {
        return Stream.of(Scenario.of("BROKEN expired value that is looked up before its load fails")
                .servingStaleIfError()
                .before(caller -> caller.putAndEnd(0))
                .atRest(Caller::getOrFailAtOnce)
                .session("A", getOrLoad(BrokenSchemes::lookUpThenFail))
                .session("W", write(1), evict(Steps.Eviction.TAG), commit()));
    }

    private static void lookUpThenFail(Caller caller) {
        Integer before = caller.staleValue();
        caller.pause();
        int failed = caller.data();
        if (before != null) {
            caller.trial.hit(before, failed, caller.data());
        }
    }

    /** What is right in itself, in an order that is not. */
    private static Stream<Scenario> orders() {
        return Stream.of(
                Scenario.of("BROKEN Spring's default order: eviction after the commit, lookups inside")
                        .before(caller -> caller.put(0))
                        .session("W", write(1), commit(), evict(), commit())
                        .session("L", beginAndGet(), load(), putAndCommit(), stored())
                        .session("R", get()),
                Scenario.of("BROKEN @CachePut without what it knew before its method")
                        .session("P", read(), act("put what was read", caller -> caller.put(caller.loaded)))
                        .session("W", writer(1)),
                Scenario.of("BROKEN @CachePut in a transaction without what it knew before its method")
                        .session(
                                "P",
                                touch(),
                                read(),
                                act("put what was read", caller -> caller.put(caller.loaded)),
                                commit(),
                                stored())
                        .session("W", writer(1)),
                Scenario.of("BROKEN get of two keys, then a put of what was loaded without what the get knew")
                        .atRest(Batch::get)
                        .session("W", writer(1))
                        .session("L", Batch.reader(), read(), act("put", caller -> caller.put(caller.loaded))),
                Scenario.of("BROKEN loader that returns what its transaction read before the lookup")
                        .session(
                                "L",
                                begin("read", Caller::read),
                                get(),
                                act("put what was read, commit", BrokenSchemes::putReadEarlier),
                                stored())
                        .session("W", write(1), evictAndCommit()),
                Scenario.of("BROKEN collector that leaves the entries")
                        .before(caller -> caller.put(0))
                        .session("C", sample(), collect())
                        .session("W", writer(1))
                        .session("R", get()));
    }

    private static void putReadEarlier(Caller caller) throws InterruptedException {
        if (caller.miss != null) {
            caller.putLoaded();
        }
        caller.commit();
    }
}
