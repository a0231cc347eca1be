package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Step.hold;

import java.util.List;
import java.util.Objects;
import org.springframework.transaction.TransactionDefinition;

/** The steps that scenarios are made of. A write begins a READ COMMITTED transaction where there is none. */
final class Steps {

    /** The ways to invalidate the entry of a trial. */
    enum Eviction {
        KEY(caller -> caller.region().evict(caller.trial.key())),
        TAG(caller -> caller.cache.invalidateTags(caller.trial.tag())),
        CLEAR(caller -> caller.region().clear()),
        PREFIX(caller -> caller.cache.removeByPrefix(caller.trial.prefix())),
        FLUSH(caller -> caller.cache.flush()),
        REMOVE_ALL(caller -> caller.cache.removeAll(List.of(caller.trial.key(), "another key")));

        private final Step.Action action;

        Eviction(Step.Action action) {
            this.action = action;
        }

        void run(Caller caller) throws Exception {
            action.run(caller);
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
            eviction.run(caller);
        });
    }

    static Step evict() {
        return evict(Eviction.KEY);
    }

    /** In no transaction, after the commit of what it is for. */
    static Step evictLater(Eviction eviction) {
        return act("evict " + eviction + " outside", caller -> {
            int value = caller.data();
            eviction.run(caller);
            caller.trial.evicted(value);
        });
    }

    /** A loader in an application that evicts after its commits, so that hits are old for a moment. */
    static List<Step> slowLoaderEvictedLater() {
        return List.of(
                getEvictedLater(),
                load(),
                putLoadedSlowly().get(0),
                putLoadedSlowly().get(1));
    }

    static Step getEvictedLater() {
        return act("get", Caller::getEvictedLater);
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

    /** Queued; {@link #stored} stores it. */
    static Step putLoadedBehind() {
        return act("queue what was loaded", Caller::putLoadedBehind);
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

    static Step begin() {
        return act("begin", Caller::beginReadCommitted);
    }

    static Step beginAndGet() {
        return begin("get", Caller::get);
    }

    static Step touch() {
        return act("write elsewhere", Caller::touch);
    }

    static Step putAndCommit() {
        return act("put what was loaded, commit", caller -> {
            caller.putLoaded();
            caller.commit();
        });
    }

    static Step evictAndCommit() {
        return act("evict, commit", caller -> {
            caller.region().evict(caller.trial.key());
            caller.commit();
        });
    }

    static Step writeAndEvict(int value) {
        return act("write " + value + ", evict", caller -> {
            caller.write(value);
            caller.region().evict(caller.trial.key());
        });
    }

    static Step writeEvictAndCommit(int value, Eviction eviction) {
        return act("write " + value + ", evict " + eviction + ", commit", caller -> {
            caller.write(value);
            eviction.run(caller);
            caller.commit();
        });
    }

    static List<Step> putSlowly(int value) {
        return List.of(hold("put " + value + "...", caller -> caller.put(value)), row());
    }

    private static Step row() {
        return Step.of("...its row", Step.Kind.RELEASE);
    }

    /** States what the transaction sees, without having changed it. */
    static Step putWhatIsRead() {
        return act("put what is read", caller -> caller.put(caller.data()));
    }

    static Step begin(String what, Step.Action first) {
        return act("begin, " + what, caller -> {
            caller.beginReadCommitted();
            first.run(caller);
        });
    }

    static Step mark() {
        return act("before @CachePut's method", Caller::mark);
    }

    static Step beginAndMark() {
        return begin("before @CachePut's method", Caller::mark);
    }

    static Step read() {
        return act("read", Caller::read);
    }

    static Step writeNext() {
        return act("write 1 more", Caller::writeNext);
    }

    static Step putMade() {
        return act("put what the method returns", Caller::putMade);
    }

    static List<Step> putMadeSlowly() {
        return List.of(hold("put what the method returns...", Caller::putMade), row());
    }

    /** After the commit of a method that has written; its old value may be returned until then. */
    static Step putMadeAfterCommit() {
        return act("put what the method returned", caller -> {
            caller.putMade();
            caller.trial.evicted(Objects.requireNonNull(caller.loaded));
        });
    }

    static Step putMadeAndCommit() {
        return act("put what the method returns, commit", caller -> {
            caller.putMade();
            caller.commit();
        });
    }

    static List<Step> storedSlowly() {
        return List.of(hold("store...", Caller::store), row());
    }

    static Step savepoint() {
        return act("savepoint", Caller::savepoint);
    }

    static Step rollbackToSavepoint() {
        return act("rollback to savepoint", Caller::rollbackToSavepoint);
    }

    static Step savepointBySql() {
        return act("savepoint by SQL", caller -> {
            caller.beginReadCommitted();
            caller.jdbc.execute("savepoint application");
        });
    }

    static Step rollbackToSavepointBySql() {
        return act("rollback to savepoint by SQL", caller -> caller.jdbc.execute("rollback to application"));
    }

    /** A crash of the server. */
    static Step crash() {
        return Step.of("crash", Step.Kind.CRASH);
    }

    /** The cleanup's first run, which takes a sample. */
    static Step sample() {
        return act("sample", caller -> caller.collector.begin());
    }

    /** The cleanup's run once the sample is old enough. */
    static Step cleanup() {
        return act("sweep and collect", caller -> caller.collector.end());
    }

    static Step sweep() {
        return act("sweep", caller -> caller.collector.sweep());
    }

    /** The cleanup's run while nothing is old enough to be collected. */
    static Step sweepExpired() {
        return act("sweep what has expired", caller -> caller.collector.sweepExpired());
    }

    static Step collect() {
        return act("collect", caller -> caller.collector.collect());
    }

    /** With a moment between the load and its end. */
    static List<Step> getOrLoad() {
        return getOrLoad(Caller::getOrLoad);
    }

    static List<Step> getOrLoad(Step.Action getOrLoad) {
        return List.of(act("get or load...", getOrLoad), Step.of("...loaded", Step.Kind.RESUME));
    }

    static Step getOrLoadAtOnce() {
        return act("get or load at once", Caller::getOrLoadAtOnce);
    }

    /** With another moment between the put's checks and its row. */
    static List<Step> getOrLoadSlowly(Step.Action getOrLoad) {
        return List.of(hold("get or load...", getOrLoad), Step.of("...loaded...", Step.Kind.RESUME), row());
    }

    static List<Step> incrementSlowly() {
        return List.of(hold("increment...", Caller::increment), row());
    }
}
