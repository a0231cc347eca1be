package io.psycache.internal.load;

import io.psycache.CacheValueException;
import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Source;
import io.psycache.LoadOutcome.Storage;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.entry.Entries;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Writes;
import io.psycache.internal.entry.Writes.Candidate;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Stores loaded values behind their callers, and tells later whether those that wait for the load may have them too. */
record LoadedValues(Writes writes, Backend.Shared told) {
    private static final CompletableFuture<Boolean> NO = CompletableFuture.completedFuture(false);

    /**
     * A loaded value on its way.
     *
     * @param storage what becomes of it
     * @param isCurrent whether nothing has invalidated it when it was stored or, where it can't be stored, when that was asked; known after
     *     {@code storage}
     * @param isOfNow whether it shows all that was committed when its load began: then it is current to a caller that came before that,
     *     whatever {@code isCurrent} says
     */
    record Stored(
            LoadOutcome outcome,
            CompletableFuture<Storage> storage,
            CompletableFuture<Boolean> isCurrent,
            boolean isOfNow) {

        Stored(LoadOutcome outcome, CompletableFuture<Storage> storage, CompletableFuture<Boolean> isCurrent) {
            this(outcome, storage, isCurrent, false);
        }

        /** A value that this caller has not loaded; there is nothing to store. */
        static Stored hit(@Nullable Object value) {
            LoadOutcome outcome = new LoadOutcome(value, Source.HIT, Storage.NONE, null, null, null, null);
            return new Stored(outcome, CompletableFuture.completedFuture(Storage.NONE), NO);
        }

        Stored as(CompletableFuture<Boolean> known) {
            return new Stored(outcome, storage, known, isOfNow);
        }

        Stored ofNow() {
            return new Stored(outcome, storage, isCurrent, true);
        }
    }

    /**
     * @param found the lookup before the load: a miss or, to load again, a hit
     * @param leaseOwner of the load's lease, which is released with a value that is stored; null = none
     */
    Stored store(Load load, Found found, @Nullable Object value, @Nullable String leaseOwner) {
        if (!(found.token() instanceof LoadToken token)) {
            return skipped(load, Objects.requireNonNull(found.skipped()), value);
        }
        try {
            Type type = load.storeAs().apply(value);
            return type == null
                    ? unstorable(load, token, value, null)
                    : put(
                            load,
                            new Candidate(entry(load, value, type), token, leaseOwner, found.isThere()),
                            token,
                            value);
        } catch (CacheValueException e) {
            return unstorable(load, token, value, e);
        }
    }

    private Stored skipped(Load load, SkipReason reason, @Nullable Object value) {
        writes.skip(load.view(), load.key(), reason);
        LoadOutcome outcome = new LoadOutcome(value, Source.LOADED, Storage.SKIPPED, null, reason, null, null);
        return new Stored(outcome, CompletableFuture.completedFuture(Storage.SKIPPED), NO);
    }

    private static LoadOutcome outcome(@Nullable Object value, Storage storage, @Nullable CacheValueException problem) {
        return new LoadOutcome(value, Source.LOADED, storage, problem, null, null, null);
    }

    private Stored unstorable(
            Load load, LoadToken token, @Nullable Object value, @Nullable CacheValueException problem) {
        return new Stored(
                outcome(value, Storage.UNSTORABLE, problem),
                CompletableFuture.completedFuture(Storage.UNSTORABLE),
                isCurrent(load, token, value));
    }

    private CompletableFuture<Boolean> isCurrent(Load load, LoadToken token, @Nullable Object value) {
        Put.Loaded unstored = Entries.unstored(load.view(), load.key(), value, token);
        return unstored == null || load.backend().shared() == null
                ? NO
                : told.isCurrent(unstored).future();
    }

    private static Entry entry(Load load, @Nullable Object value, Type type) {
        return Entries.of(load.view(), load.key(), value, type, load.ttl());
    }

    private Stored put(Load load, Candidate put, LoadToken token, @Nullable Object value) {
        CompletableFuture<Verdict> verdict = writes.putLoaded(load.backend(), load.view(), Map.of(load.key(), put))
                .get(0);
        Storage known = verdict.getNow(Verdict.STORED) == Verdict.DROPPED ? Storage.DROPPED : Storage.STORED;
        CompletableFuture<Storage> storage = verdict.thenApply(LoadedValues::storage);
        return new Stored(
                outcome(value, known, null),
                storage,
                storage.thenCompose(last -> last == Storage.UNSTORABLE
                        ? isCurrent(load, token, value)
                        : CompletableFuture.completedFuture(last == Storage.STORED)));
    }

    private static Storage storage(Verdict verdict) {
        return switch (verdict) {
            case STORED -> Storage.STORED;
            case FENCED -> Storage.FENCED;
            case DROPPED -> Storage.DROPPED;
            case UNSTORABLE -> Storage.UNSTORABLE;
        };
    }
}
