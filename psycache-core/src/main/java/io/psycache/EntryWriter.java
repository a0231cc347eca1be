package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.Tags;
import io.psycache.internal.store.UnstorableValueException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Puts: values to rows, at once or after the commit of the caller's transaction. */
final class EntryWriter implements AutoCloseable {
    private final EntryStore store;
    private final InvalidationLog log;
    private final Requests requests;
    private final Invalidations invalidations;
    private final CacheInstrumentation instrumentation;
    private final DeferredPuts deferred;
    private final ForeignPuts foreign;

    EntryWriter(
            EntryStore store,
            InvalidationLog log,
            Requests requests,
            Invalidations invalidations,
            CacheInstrumentation instrumentation) {
        this.store = store;
        this.log = log;
        this.requests = requests;
        this.invalidations = invalidations;
        this.instrumentation = instrumentation;
        this.deferred = new DeferredPuts(store, log, instrumentation);
        this.foreign = new ForeignPuts(store, log, invalidations, deferred);
    }

    /** Whether puts of this thread are stored after a transaction, be it of another data source. */
    boolean isDeferred() {
        return store.inTransaction() || store.inForeignTransaction();
    }

    /** Stores what was loaded with {@code token}. @return whether it was, or will be after the commit */
    boolean putLoaded(CacheView view, String key, PutRequest request, @Nullable LoadToken token) {
        return putLoaded(view, Map.of(key, token == null ? request : request.withToken(token))) == 1;
    }

    /** {@link #putLoaded} outside a transaction, which blocks nobody. */
    CompletableFuture<Boolean> putLoadedAsync(CacheView view, String key, PutRequest request, LoadToken token) {
        return putLoadedAsync(view, Map.of(key, request.withToken(token))).thenApply(stored -> stored == 1);
    }

    /** {@link #putLoaded(CacheView, Map)} outside a transaction, which blocks nobody. */
    CompletableFuture<Integer> putLoadedAsync(CacheView view, Map<String, PutRequest> requests) {
        if (requests.isEmpty()) {
            return CompletableFuture.completedFuture(0);
        }
        PutSpan span = instrumentation.startPutSpan(List.copyOf(requests.keySet()), view.spanName());
        Map<String, PutRequest> storable = storable(requests, span);
        if (storable.isEmpty()) {
            span.close();
            return CompletableFuture.completedFuture(0);
        }
        return putNow(view, span, storable).start();
    }

    /** Stores what was loaded, but nothing without a token. @return how many were stored, or will be after the commit */
    int putLoaded(CacheView view, Map<String, PutRequest> requests) {
        if (requests.isEmpty()) {
            return 0;
        }
        PutSpan span = instrumentation.startPutSpan(List.copyOf(requests.keySet()), view.spanName());
        Map<String, PutRequest> storable = storable(requests, span);
        List<PutRequest> queued = List.copyOf(storable.values());
        if (storable.isEmpty() || isDeferred()) {
            try (span) {
                Spans.recorded(span, () -> queued.isEmpty() || putLater(view, queued));
                return queued.size();
            }
        }
        return putNow(view, span, storable).run();
    }

    private Map<String, PutRequest> storable(Map<String, PutRequest> requests, PutSpan span) {
        Map<String, PutRequest> storable = new LinkedHashMap<>();
        requests.forEach((key, request) -> {
            if (request.token() == null) {
                span.recordFenced();
            } else {
                storable.put(key, request);
            }
        });
        return storable;
    }

    /** Tells observers that what was loaded is not stored, as there is no token. */
    boolean refuse(CacheView view, String key) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            return fenced(span);
        }
    }

    private static boolean fenced(PutSpan span) {
        span.recordFenced();
        return false;
    }

    /**
     * Stores new truths, all or none. In a transaction they invalidate at once and are stored after its commit.
     *
     * @return how many were stored, or will be
     */
    int put(CacheView view, Map<String, PutRequest> requests) {
        if (requests.isEmpty()) {
            return 0;
        }
        return isDeferred()
                ? putDeferred(view, requests)
                : putNow(view, requests).run();
    }

    /** {@link #put}, which outside a transaction blocks nobody. */
    CompletableFuture<Integer> putAsync(CacheView view, Map<String, PutRequest> requests) {
        return requests.isEmpty() || isDeferred()
                ? CompletableFuture.completedFuture(put(view, requests))
                : putNow(view, requests).start();
    }

    private int putDeferred(CacheView view, Map<String, PutRequest> requests) {
        try (PutSpan span = instrumentation.startPutSpan(List.copyOf(requests.keySet()), view.spanName())) {
            return Spans.recorded(span, () -> {
                return store.inTransaction() ? putAfterCommit(view, requests) : foreign.put(view, requests.values());
            });
        }
    }

    /** {@link #put} in a transaction, of a new truth that was made since {@code token} in it. */
    boolean putMadeInside(CacheView view, String key, PutRequest request, LoadToken token) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            return Spans.recorded(span, () -> {
                LoadToken made = Invalidations.isCarried() ? invalidated(view, request, token) : token;
                return made == null ? fenced(span) : putLater(view, List.of(request.withToken(made)));
            });
        }
    }

    private @Nullable LoadToken invalidated(CacheView view, PutRequest request, LoadToken beginning) {
        LoadToken own = invalidated(view, Map.of(request.key(), request)).get(request.key());
        return own == null ? null : own.madeSince(beginning);
    }

    private boolean putLater(CacheView view, List<PutRequest> requests) {
        deferred.afterCommit(view, requests);
        return true;
    }

    /**
     * Stores a new truth that was made since {@code token}, after its own invalidation; outside a transaction on the data
     * source.
     */
    boolean putMade(CacheView view, String key, PutRequest request, LoadToken token) {
        return isDeferred()
                ? putMadeDeferred(view, key, request, token)
                : putMadeNow(view, key, request, token).run() == 1;
    }

    private boolean putMadeDeferred(CacheView view, String key, PutRequest request, LoadToken token) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            return Spans.recorded(span, () -> {
                return foreign.putMade(view, request, token) || fenced(span);
            });
        }
    }

    private Operation<?, ?, Integer> putMadeNow(CacheView view, String key, PutRequest request, LoadToken token) {
        Map<String, PutRequest> puts = Map.of(key, request);
        PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName());
        Requests.Alone<Map<String, Integer>> removalAndPut = (inTime, inTimeLog) -> {
            LoadToken own = inTimeLog.removeForPut(request.key(), token);
            return inTime.put(List.of(request.withToken(own)));
        };
        return Operation.of(span, requests.alone(), removalAndPut, stored -> recorded(span, puts, stored))
                .explained(failure -> explained(view, puts, failure));
    }

    /** @param puts of one kind, by the callers' keys */
    private Operation<?, ?, Integer> putNow(CacheView view, Map<String, PutRequest> puts) {
        return putNow(view, instrumentation.startPutSpan(List.copyOf(puts.keySet()), view.spanName()), puts);
    }

    private Operation<?, ?, Integer> putNow(CacheView view, PutSpan span, Map<String, PutRequest> puts) {
        List<PutRequest> question = List.copyOf(puts.values());
        return Operation.of(span, requests.puts(question.get(0)), question, stored -> recorded(span, puts, stored))
                .explained(failure -> explained(view, puts, failure));
    }

    private static int recorded(PutSpan span, Map<String, PutRequest> puts, Map<String, Integer> stored) {
        stored.values().forEach(span::recordStored);
        for (int i = stored.size(); i < puts.size(); i++) {
            span.recordFenced();
        }
        return stored.size();
    }

    private static RuntimeException explained(
            CacheView view, Map<String, PutRequest> requests, RuntimeException failure) {
        return failure instanceof UnstorableValueException refused
                ? explained(view.keys(), requests, refused)
                : failure;
    }

    static CacheValueException explained(
            ShownKeys keys, Map<String, PutRequest> requests, UnstorableValueException refused) {
        for (Map.Entry<String, PutRequest> entry : requests.entrySet()) {
            PutRequest request = entry.getValue();
            if (request.key().equals(refused.key())) {
                String type = request.type() == null ? "untyped JSON" : request.type();
                return keys.valueProblem(entry.getKey(), type, String.valueOf(refused.getMessage()), refused);
            }
        }
        return keys.valueProblem(refused.key(), "unknown type", String.valueOf(refused.getMessage()), refused);
    }

    private int putAfterCommit(CacheView view, Map<String, PutRequest> requests) {
        Map<String, LoadToken> tokens =
                Invalidations.isCarried() ? invalidated(view, requests) : current(view, requests);
        List<PutRequest> queued = new ArrayList<>();
        for (PutRequest request : requests.values()) {
            LoadToken token = tokens.get(request.key());
            if (token != null) {
                queued.add(request.withToken(token));
            }
        }
        putLater(view, queued);
        return queued.size();
    }

    private Map<String, LoadToken> invalidated(CacheView view, Map<String, PutRequest> requests) {
        List<String> keys = requests.values().stream().map(PutRequest::key).toList();
        invalidations.repeatIfNotCarried(
                () -> log.invalidate(keys.stream().map(Tags::ofKey).toList()));
        return log.invalidateForPut(keys, view.joining());
    }

    /** Where the transaction can't log an invalidation, the values are as fresh as what it reads now. */
    private Map<String, LoadToken> current(CacheView view, Map<String, PutRequest> requests) {
        LoadToken token = store.token(view.joining());
        Map<String, LoadToken> tokens = new HashMap<>();
        if (token != null) {
            requests.values().forEach(request -> tokens.put(request.key(), token));
        }
        return tokens;
    }

    /** Stores where there is no valid entry; outside a transaction. */
    Operation<?, ?, Boolean> putIfAbsent(CacheView view, String key, PutRequest request) {
        PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName());
        return Operation.of(
                        span,
                        requests.<Map<String, Integer>>alone(),
                        (inTime, log) -> inTime.putIfAbsent(List.of(request)),
                        stored -> {
                            stored.values().forEach(span::recordStored);
                            return !stored.isEmpty();
                        })
                .explained(failure -> explained(view, Map.of(key, request), failure));
    }

    @Override
    public void close() {
        deferred.close();
    }
}
