package io.psycache.internal.entry;

import io.psycache.CacheValueException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backend.Stored;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.Token;
import io.psycache.internal.store.UnstorableValueException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.QueryTimeoutException;

/** Puts and counters: values to rows. */
public record Writes(LoadTokens tokens, CacheInstrumentation instrumentation) {
    private static final CompletableFuture<Verdict> FENCED = CompletableFuture.completedFuture(Verdict.FENCED);

    /**
     * The moment before a value is made.
     *
     * @param isJoined whether it was begun in the caller's transaction
     */
    public record Beginning(boolean isJoined, Token token) implements io.psycache.CacheRegion.Beginning {

        @Override
        public @Nullable SkipReason skipped() {
            return token instanceof Token.Skip skip ? skip.reason() : null;
        }
    }

    public Reply<Beginning> begin(Backend backend) {
        return backend.beginning()
                .map(token -> new Beginning(
                        backend.isJoined(), backend.isJoined() ? tokens.ofMoment(token) : tokens.ofLoad(token)));
    }

    /**
     * Stores writes, all or none.
     *
     * @param entries by the callers' keys
     * @return how many are stored, or will be
     */
    public Reply<Integer> put(Backend backend, View view, Map<String, Entry> entries) {
        if (entries.isEmpty()) {
            return Reply.of(0);
        }
        Span span = startSpan(view, entries);
        return explained(view, entries, observed(span, entries.size(), backend.put(List.copyOf(entries.values()))));
    }

    /**
     * Invalidates the entry, and stores a write that was made since {@code beginning} unless something else has invalidated it since.
     *
     * @return how many are stored, or will be; 0 also where it was begun elsewhere than it is put
     */
    public Reply<Integer> putMade(Backend backend, View view, String key, Entry entry, Beginning beginning) {
        Map<String, Entry> entries = Map.of(key, entry);
        Span span = startSpan(view, entries);
        if (beginning.isJoined() == backend.isJoined() && beginning.token() instanceof LoadToken token) {
            return explained(view, entries, observed(span, 1, backend.putMade(entry, token)));
        }
        return Observed.of(span, backend.evict(List.of(entry.key())), removed -> {
            if (beginning.token() instanceof Token.Skip skip) {
                span.recordSkipped(skip.reason());
            } else {
                span.recordFenced();
            }
            return 0;
        });
    }

    /** Stores the entry unless there is a valid one. @return how many are stored, or will be */
    public Reply<Integer> putIfAbsent(Backend backend, View view, String key, Entry entry) {
        Backend.Shared shared = backend.direct();
        if (shared == null) {
            return backend.get(List.of(entry.key()))
                    .map(found -> putIfMissing(backend, view, key, entry, found.get(0)));
        }
        Map<String, Entry> entries = Map.of(key, entry);
        Span span = startSpan(view, entries);
        return explained(view, entries, Observed.of(span, shared.putIfAbsent(entry), stored -> {
            stored.sizes().forEach(span::recordStored);
            return stored.count();
        }));
    }

    private int putIfMissing(Backend backend, View view, String key, Entry entry, GetResult found) {
        if (found.entry() != null) {
            return 0;
        }
        Token token = tokens.ofLoad(Objects.requireNonNull(found.token()));
        putLoaded(backend, view, Found.miss(key, token), entry);
        return token instanceof LoadToken ? 1 : 0;
    }

    /** Adds to a counter: at once and, as of a sequence, outside the caller's transaction. */
    public Reply<Long> increment(Backend backend, View view, String key, long delta, @Nullable Duration ttl) {
        Span span = instrumentation.startSpan(Operation.PUT, List.of(key), view.spanName());
        Reply<Long> counted = backend.increment(view.stored(key), delta, ttl, view.tags())
                .map(value -> value.orElseThrow(
                        () -> uncounted(view, key, "the stored value is no integer of 64 bits", null)))
                .recover(failure -> Reply.failed(uncounted(backend, view, key, failure)));
        return Observed.of(span, counted, value -> value);
    }

    private static Throwable uncounted(Backend backend, View view, String key, Throwable failure) {
        if (failure instanceof UnstorableValueException refused) {
            return uncounted(view, key, String.valueOf(refused.getMessage()), refused);
        }
        return failure instanceof QueryTimeoutException late && backend.direct() == null
                ? new QueryTimeoutException(
                        late.getMessage() + ". The increment of '" + view.keys().of(key)
                                + "' may have happened. In a transaction it needs a second connection of the pool.",
                        late)
                : failure;
    }

    private static CacheValueException uncounted(View view, String key, String reason, @Nullable Throwable cause) {
        return view.keys().valueProblem(key, "long", reason, cause);
    }

    /** Hands a loaded value on to be stored behind its caller, if it may be. */
    public CompletableFuture<Verdict> putLoaded(Backend backend, View view, Found miss, Entry entry) {
        Candidate candidate = new Candidate(entry, miss.loadToken(), null, miss.isThere());
        List<CompletableFuture<Verdict>> verdicts = putLoaded(backend, view, Map.of(miss.key(), candidate));
        return verdicts.isEmpty() ? FENCED : verdicts.get(0);
    }

    /**
     * A loaded value, which is stored unless its token is a {@link Token.Skip}.
     *
     * @param leaseOwner of the load's lease, which is released with it; null = none
     * @param isAgain whether it was loaded while there was a valid entry
     */
    public record Candidate(
            Entry entry, Token token, @Nullable String leaseOwner, boolean isAgain) {}

    /** {@link #putLoaded} of several. @param loaded by the callers' keys. @return the verdicts of those that may be stored */
    public List<CompletableFuture<Verdict>> putLoaded(Backend backend, View view, Map<String, Candidate> loaded) {
        if (loaded.isEmpty()) {
            return List.of();
        }
        List<Put.Loaded> storable = storable(view, loaded);
        List<CompletableFuture<Verdict>> verdicts = storable.isEmpty() ? List.of() : backend.putLoaded(storable);
        for (int i = 0; i < verdicts.size(); i++) {
            tokens.put(storable.get(i).token(), verdicts.get(i));
        }
        return verdicts;
    }

    private List<Put.Loaded> storable(View view, Map<String, Candidate> loaded) {
        List<Put.Loaded> storable = new ArrayList<>();
        try (Span span = startSpan(view, loaded)) {
            loaded.values().forEach(candidate -> {
                if (candidate.token() instanceof LoadToken token) {
                    span.recordQueued(candidate.entry().json().length);
                    storable.add(new Put.Loaded(candidate.entry(), token, candidate.leaseOwner(), candidate.isAgain()));
                } else if (candidate.token() instanceof Token.Skip skip) {
                    span.recordSkipped(skip.reason());
                }
            });
        }
        return storable;
    }

    /** Counts a loaded value that is not stored. */
    public void skip(View view, String key, SkipReason reason) {
        try (Span span = instrumentation.startSpan(Operation.PUT, List.of(key), view.spanName())) {
            span.recordSkipped(reason);
        }
    }

    private Span startSpan(View view, Map<String, ?> byKey) {
        return instrumentation.startSpan(Operation.PUT, List.copyOf(byKey.keySet()), view.spanName());
    }

    private static Reply<Integer> observed(Span span, int puts, Reply<Stored> reply) {
        return Observed.of(span, reply, stored -> {
            stored.sizes().forEach(span::recordStored);
            stored.queued().forEach(span::recordQueued);
            for (int i = stored.count(); i < puts; i++) {
                if (stored.skipped() == null) {
                    span.recordFenced();
                } else {
                    span.recordSkipped(stored.skipped());
                }
            }
            return stored.count();
        });
    }

    private static Reply<Integer> explained(View view, Map<String, Entry> entries, Reply<Integer> reply) {
        return reply.recover(failure -> Reply.failed(
                failure instanceof UnstorableValueException refused ? explained(view, entries, refused) : failure));
    }

    private static CacheValueException explained(
            View view, Map<String, Entry> entries, UnstorableValueException refused) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().key().equals(refused.key()))
                .findFirst()
                .map(entry -> explained(view.keys(), entry.getKey(), entry.getValue(), refused))
                .orElseThrow(() -> refused);
    }

    /** The refusal of an entry's value. @param key the caller's, or the stored one where that is not known */
    public static CacheValueException explained(
            ShownKeys keys, String key, Entry entry, UnstorableValueException refused) {
        String type = entry.type() == null ? "untyped JSON" : entry.type();
        return keys.valueProblem(key, type, String.valueOf(refused.getMessage()), refused);
    }
}
