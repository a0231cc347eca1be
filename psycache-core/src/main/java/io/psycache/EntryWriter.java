package io.psycache;

import io.psycache.codec.CodecException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.lane.BackgroundWriter;
import io.psycache.store.EntryStore;
import io.psycache.store.InvalidationLog;
import io.psycache.store.LoadToken;
import io.psycache.store.PutRequest;
import io.psycache.store.StoredKeys;
import io.psycache.store.Tags;
import io.psycache.store.UnstorableValueException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Puts: values to rows, at once or after the commit of the caller's transaction. */
final class EntryWriter implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(EntryWriter.class);
    private static final int QUEUE_CAPACITY = 1_000;
    private static final int MAX_BATCH = 100;

    private final EntryStore store;
    private final InvalidationLog log;
    private final Requests requests;
    private final Invalidations invalidations;
    private final CacheInstrumentation instrumentation;
    private final BackgroundWriter<PutRequest> afterCommit;

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
        this.afterCommit = new BackgroundWriter<>("psycache-writer", QUEUE_CAPACITY, MAX_BATCH, this::putBatch);
    }

    /** One key once in a statement: of two puts of a key the later one is stored. A bad value does not fail the others. */
    private void putBatch(List<PutRequest> queued) {
        Map<String, PutRequest> last = new LinkedHashMap<>();
        queued.forEach(request -> last.put(request.key(), request));
        while (!last.isEmpty()) {
            try {
                store.put(List.copyOf(last.values()));
                return;
            } catch (UnstorableValueException e) {
                LOG.warn("A cache entry was not stored after the commit: "
                        + explained(last, e).getMessage());
                last.remove(e.key());
            }
        }
    }

    /** A request to store {@code value}, declared as {@code type}; null = untyped. Nothing is stored yet. */
    PutRequest request(
            CacheView view, String key, @Nullable Object value, @Nullable Type type, @Nullable Duration ttl) {
        byte[] json = encoded(view, key, value, type);
        return new PutRequest(
                StoredKeys.of(key), json, ttl, view.tags(), type == null ? null : type.getTypeName(), null);
    }

    private static byte[] encoded(CacheView view, String key, @Nullable Object value, @Nullable Type type) {
        try {
            return view.codec().encode(value, type);
        } catch (CodecException e) {
            throw new CacheValueException(key, nameOf(value, type), String.valueOf(e.getMessage()), e);
        }
    }

    private static String nameOf(@Nullable Object value, @Nullable Type type) {
        return type != null
                ? type.getTypeName()
                : value == null ? "null" : value.getClass().getName();
    }

    /** Stores what was loaded with {@code token}. @return whether it was, or will be after the commit */
    boolean putLoaded(CacheView view, String key, PutRequest request, @Nullable LoadToken token) {
        if (token == null) {
            return fenced(view, key);
        }
        PutRequest loaded = request.withToken(token);
        return store.inTransaction()
                ? putLater(view, Map.of(key, loaded))
                : putNow(view, Map.of(key, loaded)).run() == 1;
    }

    /** {@link #putLoaded} outside a transaction, which blocks nobody. */
    CompletableFuture<Boolean> putLoadedAsync(
            CacheView view, String key, PutRequest request, @Nullable LoadToken token) {
        return token == null
                ? CompletableFuture.completedFuture(fenced(view, key))
                : putNow(view, Map.of(key, request.withToken(token))).start().thenApply(stored -> stored == 1);
    }

    private boolean fenced(CacheView view, String key) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            return fenced(span);
        }
    }

    private static boolean fenced(PutSpan span) {
        span.recordFenced();
        return false;
    }

    private boolean putLater(CacheView view, Map<String, PutRequest> loaded) {
        try (PutSpan span = instrumentation.startPutSpan(List.copyOf(loaded.keySet()), view.spanName())) {
            return Spans.recorded(span, () -> putLater(List.copyOf(loaded.values())));
        }
    }

    /** Stores new truths, all or none. In a transaction they invalidate at once and are stored after its commit. */
    void put(CacheView view, Map<String, PutRequest> requests) {
        if (requests.isEmpty()) {
            return;
        }
        if (store.inTransaction()) {
            putInside(view, requests);
        } else {
            putNow(view, requests).run();
        }
    }

    /** {@link #put}, which outside a transaction blocks nobody. */
    CompletableFuture<Void> putAsync(CacheView view, Map<String, PutRequest> requests) {
        if (!requests.isEmpty() && !store.inTransaction()) {
            return putNow(view, requests).start().thenAccept(stored -> {});
        }
        put(view, requests);
        return CompletableFuture.completedFuture(null);
    }

    private void putInside(CacheView view, Map<String, PutRequest> requests) {
        try (PutSpan span = instrumentation.startPutSpan(List.copyOf(requests.keySet()), view.spanName())) {
            Spans.recorded(span, () -> putAfterCommit(requests));
        }
    }

    /** {@link #put} in a transaction, of a new truth that was made since {@code token} in it. */
    void putMadeInside(CacheView view, String key, PutRequest request, LoadToken token) {
        try (PutSpan span = instrumentation.startPutSpan(List.of(key), view.spanName())) {
            Spans.recorded(span, () -> {
                LoadToken made = Invalidations.isCarried() ? invalidated(request, token) : token;
                return made == null ? fenced(span) : putLater(List.of(request.withToken(made)));
            });
        }
    }

    private @Nullable LoadToken invalidated(PutRequest request, LoadToken beginning) {
        LoadToken own = invalidated(Map.of(request.key(), request)).get(request.key());
        return own == null ? null : own.madeSince(beginning);
    }

    private boolean putLater(List<PutRequest> requests) {
        AfterCommit.run(() -> requests.forEach(afterCommit::offer));
        return true;
    }

    /** Stores a new truth that was made since {@code token}, after its own invalidation; outside a transaction. */
    void putMade(CacheView view, String key, PutRequest request, LoadToken token) {
        LoadToken own = requests.<LoadToken>alone().call((store, inTime) -> inTime.removeForPut(request.key(), token));
        putNow(view, Map.of(key, request.withToken(own))).run();
    }

    /** @param puts of one kind, by the callers' keys */
    private Operation<?, ?, Integer> putNow(CacheView view, Map<String, PutRequest> puts) {
        PutSpan span = instrumentation.startPutSpan(List.copyOf(puts.keySet()), view.spanName());
        List<PutRequest> question = List.copyOf(puts.values());
        return Operation.of(span, requests.puts(question.get(0)), question, stored -> recorded(span, puts, stored))
                .explained(failure -> explained(puts, failure));
    }

    private static int recorded(PutSpan span, Map<String, PutRequest> puts, Map<String, Integer> stored) {
        stored.values().forEach(span::recordStored);
        for (int i = stored.size(); i < puts.size(); i++) {
            span.recordFenced();
        }
        return stored.size();
    }

    private static RuntimeException explained(Map<String, PutRequest> requests, RuntimeException failure) {
        return failure instanceof UnstorableValueException refused ? explained(requests, refused) : failure;
    }

    private static CacheValueException explained(Map<String, PutRequest> requests, UnstorableValueException refused) {
        for (Map.Entry<String, PutRequest> entry : requests.entrySet()) {
            PutRequest request = entry.getValue();
            if (request.key().equals(refused.key())) {
                String type = request.type() == null ? "untyped JSON" : request.type();
                return new CacheValueException(entry.getKey(), type, String.valueOf(refused.getMessage()), refused);
            }
        }
        return new CacheValueException(refused.key(), "unknown type", String.valueOf(refused.getMessage()), refused);
    }

    private int putAfterCommit(Map<String, PutRequest> requests) {
        Map<String, LoadToken> tokens = Invalidations.isCarried() ? invalidated(requests) : current(requests);
        List<PutRequest> queued = new ArrayList<>();
        for (PutRequest request : requests.values()) {
            LoadToken token = tokens.get(request.key());
            if (token != null) {
                queued.add(request.withToken(token));
            }
        }
        putLater(queued);
        return queued.size();
    }

    private Map<String, LoadToken> invalidated(Map<String, PutRequest> requests) {
        List<String> keys = requests.values().stream().map(PutRequest::key).toList();
        invalidations.repeatIfNotCarried(
                () -> log.invalidate(keys.stream().map(Tags::ofKey).toList()));
        return log.invalidateForPut(keys);
    }

    /** Where the transaction can't log an invalidation, the values are as fresh as what it reads now. */
    private Map<String, LoadToken> current(Map<String, PutRequest> requests) {
        LoadToken token = store.token();
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
                .explained(failure -> explained(Map.of(key, request), failure));
    }

    /** Whether what was loaded with {@code token} is current, although it can't be stored. */
    boolean isCurrent(CacheView view, String key, LoadToken token) {
        PutRequest unstored = unstored(view, key, token);
        return requests.<Boolean>alone().call((inTime, log) -> inTime.isCurrent(unstored));
    }

    /** {@link #isCurrent}, which blocks nobody. */
    CompletableFuture<Boolean> isCurrentAsync(CacheView view, String key, LoadToken token) {
        PutRequest unstored = unstored(view, key, token);
        return requests.start((inTime, log) -> inTime.isCurrent(unstored));
    }

    private static PutRequest unstored(CacheView view, String key, LoadToken token) {
        return new PutRequest(StoredKeys.of(key), new byte[0], null, view.tags(), null, token);
    }

    @Override
    public void close() {
        afterCommit.close();
    }
}
