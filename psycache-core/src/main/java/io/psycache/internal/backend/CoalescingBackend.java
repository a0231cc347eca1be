package io.psycache.internal.backend;

import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.lane.Route;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.InvalidationLog.Deleted;
import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.Put.OwnInvalidation;
import io.psycache.internal.store.SerializableAccess;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/**
 * The entries outside a transaction: callers that ask at the same time share statements on lanes. What takes long by nature has one
 * thread and one connection of its own. Thread-safe.
 */
class CoalescingBackend implements Backend.Shared {
    private static final int KEYS_PER_STATEMENT = 1_000;
    private static final int ROWS_PER_DELETE = 5_000;

    /** How a caller sends. */
    enum Caller {
        /** It blocks, and may send on its own thread. */
        HERE,
        /** It blocks, and another thread sends. */
        ELSEWHERE,
        /** It sends on its own thread, but its loader returns a future. */
        ATTACHED,
        /** It returns at once, and is told. */
        TOLD
    }

    private final Caller caller;
    private final Parts parts;
    private final Stores stores;
    private final Routes routes;
    private final WriteBehind behind;

    /**
     * The parts that callers of all kinds share.
     *
     * @param patience nanoseconds that a call waits for loaded values that are being stored: half of what it may take
     * @param isApart whether each caller sends its own on its own thread, as a data source needs that may choose its database by the
     *     thread. Then callers share nothing
     */
    record Parts(Stores stores, Routes routes, WriteBehind behind, Executor longWork, long patience, boolean isApart) {}

    CoalescingBackend(Caller caller, Parts parts) {
        this.caller = caller;
        this.parts = parts;
        this.stores = parts.stores;
        this.routes = parts.routes;
        this.behind = parts.behind;
    }

    /** The same entries for a caller that sends otherwise. */
    CoalescingBackend as(Caller other) {
        return new CoalescingBackend(other, parts);
    }

    @Override
    public Pace pace() {
        return caller == Caller.TOLD || caller == Caller.ATTACHED ? Pace.TOLD : Pace.BLOCKING;
    }

    @Override
    public boolean looksUp() {
        return caller == Caller.ATTACHED || Backend.Shared.super.looksUp();
    }

    /** Whether other threads send for the caller, which does not wait. */
    final boolean isTold() {
        return caller == Caller.TOLD && !parts.isApart;
    }

    private boolean sendsHere() {
        return caller == Caller.HERE || caller == Caller.ATTACHED || parts.isApart;
    }

    final <Q, A> Reply<A> ask(Route<Q, A> route, Q question) {
        if (isTold()) {
            return Reply.coming(routes.lanes.start(route, question));
        }
        try {
            return Reply.of(routes.lanes.call(route, question, sendsHere()));
        } catch (RuntimeException e) { // part of the reply
            return Reply.failed(e);
        }
    }

    @SuppressWarnings("unchecked") // the answer is what the question returns
    private <A> Reply<A> alone(Route<Routes.Alone<?>, Object> route, Routes.Alone<A> question) {
        return (Reply<A>) ask(route, question);
    }

    private <A extends @Nullable Object> Reply<A> atLength(Supplier<A> work) {
        if (parts.isApart) {
            return Reply.calling(work::get);
        }
        Reply<A> coming = Reply.coming(CompletableFuture.supplyAsync(work, parts.longWork));
        return isTold() ? coming : Reply.calling(coming::get);
    }

    final boolean isPending() {
        return behind.isPending();
    }

    /** Asks once the loaded values of {@code keys} that are being stored behind their callers are there. */
    final <A> Reply<A> after(Collection<String> keys, Supplier<Reply<A>> question) {
        CompletableFuture<@Nullable Void> stored = behind.await(keys, parts.patience);
        if (isTold()) {
            return stored.isDone()
                    ? question.get()
                    : Reply.coming(stored).then(done -> question.get()).within(2 * parts.patience);
        }
        stored.join();
        return question.get();
    }

    private static Reply<List<GetResult>> skipped(List<String> keys) {
        return Reply.of(EntryReads.skipped(keys, SkipReason.BREAKER_OPEN));
    }

    @Override
    public Reply<List<GetResult>> get(List<String> keys) {
        if (isSkipping()) { // here, and not where it is overridden, so that a hit takes no further frame
            return skipped(keys);
        }
        if (behind.isPending()) {
            return after(keys, () -> divided(routes.gets, keys));
        }
        return keys.size() == 1 ? ask(routes.gets, keys) : divided(routes.gets, keys);
    }

    /** Very many keys would take longer than one statement may. */
    private Reply<List<GetResult>> divided(Route<List<String>, List<GetResult>> route, List<String> keys) {
        if (keys.size() <= KEYS_PER_STATEMENT) {
            return ask(route, keys);
        }
        Reply<List<GetResult>> first = ask(route, keys.subList(0, KEYS_PER_STATEMENT));
        Reply<List<GetResult>> rest = divided(route, keys.subList(KEYS_PER_STATEMENT, keys.size()));
        return first.then(results -> rest.map(more -> {
            List<GetResult> all = new ArrayList<>(results);
            all.addAll(more);
            return all;
        }));
    }

    @Override
    public Reply<List<GetResult>> getAging(List<String> keys, long maxStaleness) {
        if (isSkipping()) {
            return skipped(keys);
        }
        return behind.isPending()
                ? after(keys, () -> divided(routes.agingGets, keys))
                : divided(routes.agingGets, keys);
    }

    @Override
    public Reply<Long> countValid(List<String> keys) {
        return after(keys, () -> alone(routes.counts, session -> stores.reads().countValid(session, keys)));
    }

    @Override
    public Reply<Boolean> anyValid(String tag) {
        return after(
                        behind.pending(),
                        () -> alone(
                                routes.counts, session -> stores.log().anyValid(session, tag, SerializableAccess.JOIN)))
                .recover(failure -> failure instanceof QueryTimeoutException ? Reply.of(true) : Reply.failed(failure));
    }

    @Override
    public Reply<Token> token() {
        return alone(routes.tokens, session -> stores.reads().token(session));
    }

    @Override
    public Reply<Stored> put(List<Entry> entries) {
        return ask(routes.puts, entries.stream().map(Put.Now::new).toList()).map(CoalescingBackend::stored);
    }

    private static Stored stored(Map<String, Integer> sizes) {
        return Stored.now(List.copyOf(sizes.values()));
    }

    @Override
    public Reply<Stored> putMade(Entry entry, LoadToken beginning) {
        return alone(routes.putsMade, session -> {
            OwnInvalidation own = stores.log().removeForPut(session, entry.key());
            return stored(stores.writes().put(session, List.of(new Put.Made(entry, beginning, own))));
        });
    }

    /** Invalidates a key for a put that follows. @return that put's own invalidation */
    Reply<OwnInvalidation> invalidateForPut(String key) {
        return alone(routes.putsMade, session -> stores.log().removeForPut(session, key));
    }

    /**
     * Invalidates the key of a write that was made since {@code beginning}, to be stored later. The token is taken between its own
     * invalidation and the check that nothing else came before it, so that no invalidation slips through between the two.
     *
     * @return the token of the put; empty where something else has invalidated the value
     */
    Reply<Optional<LoadToken>> invalidateMade(Entry entry, LoadToken beginning) {
        return alone(routes.putsMade, session -> {
            OwnInvalidation own = stores.log().removeForPut(session, entry.key());
            Put.Made made = new Put.Made(entry, beginning, own);
            return stores.reads().token(session) instanceof LoadToken fresh
                            && stores.writes().isCurrent(session, made)
                    ? Optional.of(fresh)
                    : Optional.empty();
        });
    }

    @Override
    public Reply<Stored> putIfAbsent(Entry entry) {
        return after(
                List.of(entry.key()),
                () -> alone(
                        routes.putsIfAbsent,
                        session -> stored(stores.writes().putIfAbsent(session, new Put.Now(entry)))));
    }

    @Override
    public List<CompletableFuture<Verdict>> putLoaded(List<Put.Loaded> puts) {
        return behind.now(puts);
    }

    /** Runs {@code work} in a lane. */
    Reply<Boolean> run(Runnable work) {
        return alone(routes.counts, session -> {
            work.run();
            return true;
        });
    }

    @Override
    public Backend.@Nullable Shared direct() {
        return caller == Caller.ELSEWHERE
                ? null
                : this; // in a callback after a transaction, which still holds its connection
    }

    @Override
    public Backend.@Nullable Shared shared() {
        boolean isShared = (caller == Caller.HERE || caller == Caller.TOLD) && !parts.isApart;
        return isShared ? this : null;
    }

    @Override
    public Reply<Boolean> isCurrent(Put.Loaded put) {
        return alone(routes.tokens, session -> stores.writes().isCurrent(session, put));
    }

    @Override
    public Reply<OptionalLong> increment(String key, long delta, @Nullable Duration ttl, List<String> tags) {
        return after(
                List.of(key),
                () -> alone(routes.increments, session -> stores.writes().increment(session, key, delta, ttl, tags)));
    }

    @Override
    public Reply<Long> remove(List<String> keys) {
        return after(keys, () -> ask(routes.removals, keys)).map(valid -> (long) valid.size());
    }

    @Override
    public Reply<Long> evict(List<String> keys) {
        return ask(routes.removals, keys).map(valid -> (long) valid.size());
    }

    @Override
    public Reply<Long> invalidate(List<String> tags) {
        return alone(routes.invalidations, session -> stores.log().invalidate(session, tags))
                .map(rows -> 0L);
    }

    @Override
    public Reply<Long> invalidatePrefix(String prefix) {
        List<String> stored = StoredKeys.prefixes(prefix);
        return after(
                        pending(stored),
                        () -> alone(
                                routes.invalidations, session -> stores.log().invalidatePrefixes(session, stored)))
                .then(rows ->
                        atLength(() -> stored.stream().mapToLong(this::delete).sum()));
    }

    private List<String> pending(List<String> prefixes) {
        return behind.pending().stream()
                .filter(key -> prefixes.stream().anyMatch(key::startsWith))
                .toList();
    }

    private long delete(String prefix) {
        long deleted = 0;
        Deleted batch;
        String from = prefix;
        do {
            batch = stores.log().deletePrefix(stores.sessions().unbounded(), prefix, from, ROWS_PER_DELETE);
            deleted += batch.rows();
            from = batch.last() + '\u0001'; // no key has NUL, so nothing lies between
        } while (batch.rows() == ROWS_PER_DELETE);
        return deleted;
    }

    @Override
    public Reply<LeaseAnswer> take(Lease lease) {
        return ask(routes.leases, lease);
    }

    @Override
    public Reply<Boolean> release(Lease lease) {
        return ask(routes.releases, lease);
    }
}
