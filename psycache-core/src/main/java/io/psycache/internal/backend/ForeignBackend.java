package io.psycache.internal.backend;

import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.CoalescingBackend.Caller;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.Put.OwnInvalidation;
import io.psycache.internal.store.Token;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The entries in a transaction that is not on the cache's data source, and so can't carry invalidations: they run at once and, for
 * what readers have put back meanwhile, once more after its commit; puts are stored after that, unless something else has invalidated
 * them since. Statements run on other threads: a data source may hand any connection that this one asks for to the transaction.
 *
 * @param outside sends on other threads. If its caller does not block, what that loads is not stored, as it ends on another thread than the
 *     transaction
 */
record ForeignBackend(
        CoalescingBackend outside, WriteBehind behind, AfterTransaction later, CallersTransaction transaction)
        implements Backend {

    private CoalescingBackend blocking() {
        return outside.as(Caller.ELSEWHERE);
    }

    private CoalescingBackend afterwards() {
        return outside.as(Caller.HERE);
    }

    /** Why a value that is loaded now must not be stored: it ends elsewhere, or may be from an older snapshot than tokens show. */
    private @Nullable SkipReason skip() {
        if (pace() != Pace.BLOCKING) {
            return SkipReason.ASYNCHRONOUS;
        }
        return transaction.hasOneSnapshot() ? SkipReason.FOREIGN_TRANSACTION : null;
    }

    @Override
    public Pace pace() {
        return outside.pace();
    }

    @Override
    public boolean isSkipping() {
        return outside.isSkipping();
    }

    @Override
    public Reply<List<GetResult>> get(List<String> keys) {
        Reply<List<GetResult>> results = outside.get(keys);
        SkipReason skip = skip();
        return skip == null ? results : results.map(found -> withoutTokens(found, new Token.Skip(skip)));
    }

    private static List<GetResult> withoutTokens(List<GetResult> results, Token.Skip skip) {
        return results.stream()
                .map(result -> result.entry() != null ? result : new GetResult(null, skip))
                .toList();
    }

    @Override
    public Reply<Long> countValid(List<String> keys) {
        return outside.countValid(keys);
    }

    @Override
    public Reply<Boolean> anyValid(String tag) {
        return outside.anyValid(tag);
    }

    @Override
    public Reply<Token> token() {
        SkipReason skip = skip();
        return skip == null ? outside.token() : Reply.of(new Token.Skip(skip));
    }

    /** The entries are removed now, and replaced after the commit unless something else has invalidated them since. */
    @Override
    public Reply<Stored> put(List<Entry> entries) {
        return blocking()
                .evict(entries.stream().map(Entry::key).toList())
                .then(removed -> blocking().token())
                .map(token -> {
                    LoadToken fresh = token instanceof LoadToken taken ? taken : null;
                    entries.forEach(entry -> replaceAfterwards(entry, fresh));
                    return fresh != null ? Stored.later(entries) : Stored.NOTHING;
                });
    }

    @Override
    public Reply<Stored> putMade(Entry entry, LoadToken beginning) {
        return blocking().invalidateMade(entry, beginning).map(token -> {
            replaceAfterwards(entry, token.orElse(null));
            return token.isPresent() ? Stored.later(List.of(entry)) : Stored.NOTHING;
        });
    }

    /** @param token null = the entry is removed once more, and nothing is stored */
    private void replaceAfterwards(Entry entry, @Nullable LoadToken token) {
        later.run(committed -> {
            if (token == null || !committed) {
                afterwards().evict(List.of(entry.key())).get();
            } else {
                OwnInvalidation own = afterwards().invalidateForPut(entry.key()).get();
                behind.now(List.of(new Put.Made(entry, token, own)));
            }
        });
    }

    @Override
    public List<CompletableFuture<Verdict>> putLoaded(List<Put.Loaded> puts) {
        return behind.after(transaction, puts);
    }

    @Override
    public Reply<OptionalLong> increment(String key, long delta, @Nullable Duration ttl, List<String> tags) {
        return outside.increment(key, delta, ttl, tags);
    }

    @Override
    public Reply<Long> remove(List<String> keys) {
        later.run(committed -> afterwards().evict(keys).get());
        return outside.remove(keys);
    }

    @Override
    public Reply<Long> evict(List<String> keys) {
        later.run(committed -> afterwards().evict(keys).get());
        return outside.evict(keys);
    }

    @Override
    public Reply<Long> invalidate(List<String> tags) {
        later.run(committed -> afterwards().invalidate(tags).get());
        return outside.invalidate(tags);
    }

    @Override
    public Reply<Long> invalidatePrefix(String prefix) {
        later.run(committed -> afterwards().invalidatePrefix(prefix).get());
        return outside.invalidatePrefix(prefix);
    }
}
