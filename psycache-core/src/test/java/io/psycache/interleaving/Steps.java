package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Step.hold;

import java.util.List;
import org.springframework.transaction.TransactionDefinition;

/** The steps that scenarios are made of. A write begins a READ COMMITTED transaction where there is none. */
final class Steps {

    /** The ways to invalidate the entry of a trial. */
    enum Eviction {
        KEY(caller -> caller.region().evict(caller.trial.key())),
        TAG(caller -> caller.cache.invalidateTags(caller.trial.tag())),
        CLEAR(caller -> caller.region().clear()),
        PREFIX(caller -> caller.cache.removeByPrefix(caller.trial.prefix())),
        FLUSH(caller -> caller.cache.flush());

        private final Step.Action action;

        Eviction(Step.Action action) {
            this.action = action;
        }
    }

    private Steps() {}

    /** Begins a REPEATABLE READ transaction, with its snapshot. */
    static Step beginRepeatableRead() {
        return act("begin repeatable read", caller -> {
            caller.begin(TransactionDefinition.ISOLATION_REPEATABLE_READ);
            caller.jdbc.queryForObject("select 1", Integer.class);
        });
    }

    static Step write(int value) {
        return act("write " + value, caller -> caller.write(value));
    }

    static Step evict(Eviction eviction) {
        return act("evict " + eviction, caller -> {
            caller.beginReadCommitted();
            eviction.action.run(caller);
        });
    }

    static Step evict() {
        return evict(Eviction.KEY);
    }

    static Step commit() {
        return act("commit", Caller::commit);
    }

    static Step rollback() {
        return act("rollback", Caller::rollback);
    }

    static Step get() {
        return act("get", Caller::get);
    }

    static Step load() {
        return act("load", Caller::load);
    }

    /** In one statement. */
    static Step putLoaded() {
        return act("put what was loaded", Caller::putLoaded);
    }

    /** With a moment between the put's checks and its row. */
    static List<Step> putLoadedSlowly() {
        return List.of(hold("put what was loaded...", Caller::putLoaded), Step.of("...its row", Step.Kind.RELEASE));
    }

    /** A loader outside a transaction. */
    static List<Step> loader() {
        return List.of(get(), load(), putLoaded());
    }

    static List<Step> slowLoader() {
        return List.of(
                get(), load(), putLoadedSlowly().get(0), putLoadedSlowly().get(1));
    }

    static List<Step> writer(int value) {
        return List.of(write(value), evict(), commit());
    }

    static Step put(int value) {
        return act("put " + value, caller -> caller.put(value));
    }

    /** What was put in a transaction is stored. */
    static Step stored() {
        return act("store", Caller::store);
    }
}
