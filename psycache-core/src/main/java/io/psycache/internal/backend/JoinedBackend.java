package io.psycache.internal.backend;

import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryReads;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.LoggedWrite;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.SerializableAccess;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.Token;
import io.psycache.internal.store.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The entries in the caller's transaction: gets and invalidations are statements of it, on its connection; puts invalidate at once and
 * are stored after its commit. Work that it can't carry runs once it has ended.
 *
 * @param outside for what runs outside this transaction: on another thread, or after it. If its caller does not block, gets are misses, as
 *     no other thread can see what this one has evicted
 */
record JoinedBackend(
        Stores stores,
        WriteBehind behind,
        AfterTransaction later,
        TransactionMark lockedOut,
        Backend outside,
        CallersTransaction transaction,
        SerializableAccess access)
        implements Backend {

    private Session session() {
        return stores.sessions().callers();
    }

    private boolean isAccessible() {
        return access == SerializableAccess.JOIN || !transaction.isSerializable();
    }

    @Override
    public Pace pace() {
        return outside.pace();
    }

    @Override
    public boolean isJoined() {
        return true;
    }

    @Override
    public Reply<List<GetResult>> get(List<String> keys) {
        return pace() == Pace.BLOCKING ? inside(keys) : Reply.of(EntryReads.skipped(keys, SkipReason.ASYNCHRONOUS));
    }

    private Reply<List<GetResult>> inside(List<String> keys) {
        SkipReason skip = skip();
        return skip == null
                ? Reply.calling(() -> stores.reads().getInside(session(), keys, access))
                        .map(this::noted)
                : Reply.of(EntryReads.skipped(keys, skip));
    }

    /** Why gets are misses without a statement; null where they are not. */
    private @Nullable SkipReason skip() {
        return !isAccessible() ? SkipReason.SERIALIZABLE : transaction.isLockedOut() ? SkipReason.TABLES_LOCKED : null;
    }

    private List<GetResult> noted(List<GetResult> results) {
        if (!results.isEmpty()
                && results.get(0).token() instanceof Token.Skip skip
                && skip.reason() == SkipReason.TABLES_LOCKED
                && transaction.isSynchronized()
                && !transaction.isLockedOut()) {
            lockedOut.set(true);
        }
        return results;
    }

    @Override
    public Reply<Long> countValid(List<String> keys) {
        return get(keys).map(results -> hits(results));
    }

    private static long hits(List<GetResult> results) {
        return results.stream().filter(result -> result.entry() != null).count();
    }

    @Override
    public Reply<Boolean> anyValid(String tag) {
        return isAccessible() ? Reply.calling(() -> stores.log().anyValid(session(), tag, access)) : Reply.of(false);
    }

    @Override
    public Reply<Token> token() {
        return token(stores.reads()::tokenInside);
    }

    @Override
    public Reply<Token> beginning() {
        return token(stores.reads()::moment);
    }

    private Reply<Token> token(BiFunction<Session, SerializableAccess, Token> taken) {
        SkipReason skip = skip();
        return skip == null ? Reply.calling(() -> taken.apply(session(), access)) : Reply.of(new Token.Skip(skip));
    }

    /** What an aborted transaction would invalidate is not invalidated: it will be rolled back. */
    @Override
    public Reply<Stored> put(List<Entry> entries) {
        if (stores.sessions().isCallersAborted()) {
            return Reply.of(Stored.skipped(SkipReason.TRANSACTION_ABORTED));
        }
        return transaction.carriesWrites()
                ? logged(entries).map(writes -> queue(written(entries, writes)))
                : token().map(token -> queue(token instanceof LoadToken fresh ? loaded(entries, fresh) : List.of()));
    }

    private Reply<Map<String, LoggedWrite>> logged(List<Entry> entries) {
        List<String> keys = entries.stream().map(Entry::key).toList();
        List<String> tags = keys.stream().map(Tags::ofKey).toList();
        later.repeatIfNotCarried(transaction, () -> outside.invalidate(tags).get());
        return Reply.calling(() -> stores.log().invalidateForPut(session(), keys, access));
    }

    private static List<Put> written(List<Entry> entries, Map<String, LoggedWrite> writes) {
        List<Put> puts = new ArrayList<>();
        for (Entry entry : entries) {
            LoggedWrite write = writes.get(entry.key());
            if (write != null) {
                puts.add(new Put.Written(entry, write.token(), write.own()));
            }
        }
        return puts;
    }

    /** Where the transaction can't log an invalidation, the values are as fresh as what it reads now. */
    private static List<Put> loaded(List<Entry> entries, LoadToken token) {
        return entries.stream().<Put>map(entry -> new Put.Loaded(entry, token)).toList();
    }

    private Stored queue(List<Put> puts) {
        behind.after(transaction, puts);
        return Stored.later(puts.stream().map(Put::entry).toList());
    }

    @Override
    public Reply<Stored> putMade(Entry entry, LoadToken beginning) {
        if (!transaction.carriesWrites()) {
            return Reply.of(queue(List.of(new Put.Loaded(entry, beginning))));
        }
        return logged(List.of(entry)).map(writes -> {
            LoggedWrite write = writes.get(entry.key());
            LoggedWrite made = write == null ? null : write.madeSince(beginning);
            return queue(made == null ? List.of() : List.of(new Put.Written(entry, made.token(), made.own())));
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
        return inside(keys)
                .map(results -> hits(results))
                .then(valid -> evict(keys).map(done -> valid));
    }

    @Override
    public Reply<Long> evict(List<String> keys) {
        return invalidate(keys.stream().map(Tags::ofKey).toList());
    }

    @Override
    public Reply<Long> invalidate(List<String> tags) {
        later.repeatIfNotCarried(transaction, () -> outside.invalidate(tags).get());
        return transaction.carriesWrites()
                ? Reply.calling(() -> stores.log().invalidate(session(), tags)).map(rows -> 0L)
                : Reply.of(0L);
    }

    @Override
    public Reply<Long> invalidatePrefix(String prefix) {
        later.repeatIfNotCarried(
                transaction, () -> outside.invalidatePrefix(prefix).get());
        return transaction.carriesWrites()
                ? Reply.calling(() -> stores.log().invalidatePrefixes(session(), StoredKeys.prefixes(prefix)))
                        .map(rows -> 0L)
                : Reply.of(0L);
    }
}
