package io.psycache.internal.backend;

import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.GetResult;
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
 * The entries as one call reaches them. {@link Backends} chooses the implementation once, at the beginning of the call. Keys are in
 * their stored form and distinct, tags have their namespaces.
 */
public interface Backend {

    /**
     * The outcome of puts.
     *
     * @param sizes of the values that were stored, in bytes
     * @param queued sizes of the JSON of those that are stored later, after the transaction
     * @param skipped why the others are not; null where something else has invalidated them
     */
    record Stored(
            List<Integer> sizes,
            List<Integer> queued,
            @Nullable SkipReason skipped) {
        static final Stored NOTHING = now(List.of());

        static Stored now(List<Integer> sizes) {
            return new Stored(sizes, List.of(), null);
        }

        static Stored skipped(SkipReason reason) {
            return new Stored(List.of(), List.of(), reason);
        }

        static Stored later(List<Entry> entries) {
            return new Stored(
                    List.of(),
                    entries.stream().map(entry -> entry.json().length).toList(),
                    null);
        }

        public int count() {
            return sizes.size() + queued.size();
        }
    }

    /** The outcome of a put that is stored behind its caller. */
    enum Verdict {
        STORED,
        /** Something has invalidated the value since it was loaded, or a newer one is there. */
        FENCED,
        /** The queue was full, its batch failed, or the transaction was rolled back. */
        DROPPED,
        /** PostgreSQL refuses the value. */
        UNSTORABLE
    }

    /** Whether the caller blocks, or returns at once and is told. */
    Pace pace();

    /** Whether statements run in the caller's transaction. */
    default boolean isJoined() {
        return false;
    }

    /** Whether gets are not sent, but skipped, since the database does not answer. */
    default boolean isSkipping() {
        return false;
    }

    /**
     * The backend where callers wait for each other's loads and load in the background; null in a transaction, whose locks a load may
     * need.
     */
    default @Nullable Shared shared() {
        return null;
    }

    /** The backend of statements that must not wait for a transaction's end; null in a transaction. */
    default @Nullable Shared direct() {
        return shared();
    }

    /** Whether a load looks its key up first. A caller in a transaction that is told only loads: what that sees must not be stored. */
    default boolean looksUp() {
        return pace() == Pace.BLOCKING || shared() != null;
    }

    /** The results, in the order of {@code keys}. */
    Reply<List<GetResult>> get(List<String> keys);

    /** {@link #get(List)} for a caller that accepts what was valid {@code maxStaleness} nanoseconds ago, where it is at hand. */
    default Reply<List<GetResult>> get(List<String> keys, long maxStaleness) {
        return get(keys);
    }

    /** How many of the keys have a valid entry. */
    Reply<Long> countValid(List<String> keys);

    /** Whether any valid entry has the tag; also true outside a transaction where PostgreSQL does not answer in time. */
    Reply<Boolean> anyValid(String tag);

    /** The token of a load that begins now. */
    Reply<Token> token();

    /** The token of a value that is made from now on ({@link #putMade}). */
    default Reply<Token> beginning() {
        return token();
    }

    /** Stores writes, all or none. */
    Reply<Stored> put(List<Entry> entries);

    /** Invalidates the key and stores a write that was made since {@code beginning}, unless something else has invalidated it since. */
    Reply<Stored> putMade(Entry entry, LoadToken beginning);

    /**
     * Queues loaded values to be stored behind their caller: at once or, in a transaction, after its commit.
     *
     * @return the outcome of each, in their order, once it is known
     */
    List<CompletableFuture<Verdict>> putLoaded(List<Put.Loaded> puts);

    /** Adds to a counter, outside the caller's transaction; empty where the stored value is no integer of 64 bits. */
    Reply<OptionalLong> increment(String key, long delta, @Nullable Duration ttl, List<String> tags);

    /** Invalidates the entries. @return how many were valid */
    Reply<Long> remove(List<String> keys);

    /** {@link #remove} that need not tell what was there. */
    Reply<Long> evict(List<String> keys);

    /** Invalidates every entry with one of the tags. @return 0 */
    Reply<Long> invalidate(List<String> tags);

    /** Invalidates every entry whose key begins with {@code prefix}. @return rows deleted, 0 in a transaction */
    Reply<Long> invalidatePrefix(String prefix);

    /** The entries outside a transaction, with what only makes sense there. */
    interface Shared extends Backend {

        /**
         * The outcome of a request for a lease.
         *
         * @param granted whether the lease is the caller's now
         * @param stored whether there is a valid entry now
         */
        record LeaseAnswer(boolean granted, boolean stored) {}

        /** {@link #get(List, long)} with a token for each, also of expired entries that are kept. */
        Reply<List<GetResult>> getAging(List<String> keys, long maxStaleness);

        /** Stores the entry unless there is a valid one. */
        Reply<Stored> putIfAbsent(Entry entry);

        /** Whether {@code put} would be stored as far as invalidations go. */
        Reply<Boolean> isCurrent(Put.Loaded put);

        /** Takes the lease of a key if it is free. */
        Reply<LeaseAnswer> take(Lease lease);

        /** Releases a lease. */
        Reply<Boolean> release(Lease lease);
    }
}
