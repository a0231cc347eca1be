package io.psycache.internal.backend;

import io.psycache.CacheUnavailableException;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.Token;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The entries outside a transaction, behind a {@link Breaker}. While it is open, what callers can do without is skipped: gets are misses,
 * and loaded values are not stored. What needs an answer fails at once. Removals are always tried, and a put of a new value becomes the
 * removal of the old one: whatever was not removed would be served as valid later. Thread-safe.
 */
class GuardedBackend extends CoalescingBackend {
    private static final Token SKIPPED = new Token.Skip(SkipReason.BREAKER_OPEN);

    private final Parts parts;
    private final Breaker breaker;

    GuardedBackend(Caller caller, Parts parts, Breaker breaker) {
        super(caller, parts);
        this.parts = parts;
        this.breaker = breaker;
    }

    @Override
    CoalescingBackend as(Caller other) {
        return new GuardedBackend(other, parts, breaker);
    }

    @Override
    public final boolean isSkipping() {
        return breaker.isOpen();
    }

    private <A> Reply<A> unavailable(Operation operation, int keys) {
        return unavailable("the request to " + operation.describe(keys) + " was not sent");
    }

    private <A> Reply<A> unavailable(String effect) {
        return Reply.failed(new CacheUnavailableException("The circuit breaker of the cache is open, so " + effect
                + ". It closes once PostgreSQL answers. The reason was: "
                + breaker.state().reason()));
    }

    @Override
    Reply<Boolean> run(Runnable work) {
        return isSkipping() ? unavailable("nothing was asked") : super.run(work);
    }

    @Override
    public Reply<Long> countValid(List<String> keys) {
        return isSkipping() ? unavailable(Operation.EXISTS, keys.size()) : super.countValid(keys);
    }

    @Override
    public Reply<Boolean> anyValid(String tag) {
        return isSkipping() ? Reply.of(true) : super.anyValid(tag);
    }

    @Override
    public Reply<Token> token() {
        return isSkipping() ? Reply.of(SKIPPED) : super.token();
    }

    @Override
    public Reply<Stored> put(List<Entry> entries) {
        return isSkipping() ? evictInstead(entries) : super.put(entries);
    }

    @Override
    public Reply<Stored> putMade(Entry entry, LoadToken beginning) {
        return isSkipping() ? evictInstead(List.of(entry)) : super.putMade(entry, beginning);
    }

    private Reply<Stored> evictInstead(List<Entry> entries) {
        return evict(entries.stream().map(Entry::key).toList()).map(removed -> Stored.skipped(SkipReason.BREAKER_OPEN));
    }

    @Override
    public Reply<Stored> putIfAbsent(Entry entry) {
        return isSkipping() ? unavailable(Operation.PUT_IF_ABSENT, 1) : super.putIfAbsent(entry);
    }

    @Override
    public List<CompletableFuture<Verdict>> putLoaded(List<Put.Loaded> puts) {
        return isSkipping() ? parts.behind().refuse(puts) : super.putLoaded(puts);
    }

    @Override
    public Reply<OptionalLong> increment(String key, long delta, @Nullable Duration ttl, List<String> tags) {
        return isSkipping() ? unavailable(Operation.INCREMENT, 1) : super.increment(key, delta, ttl, tags);
    }

    @Override
    public Reply<Boolean> isCurrent(Put.Loaded put) {
        return isSkipping() ? Reply.of(false) : super.isCurrent(put);
    }

    @Override
    public Reply<LeaseAnswer> take(Lease lease) {
        return isSkipping() ? unavailable(Operation.LEASE, 1) : super.take(lease);
    }
}
