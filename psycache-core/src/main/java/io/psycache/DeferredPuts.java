package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import io.psycache.internal.lane.BackgroundWriter;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.UnstorableValueException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Puts in the background: those of transactions after the commit, dropped on rollback. A stated truth that can't be stored ends the old entry.
 */
final class DeferredPuts implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(DeferredPuts.class);
    private static final int QUEUE_CAPACITY = 1_000;
    private static final int MAX_BATCH = 100;

    private final EntryStore store;
    private final InvalidationLog log;
    private final CacheInstrumentation instrumentation;
    private final BackgroundWriter<Deferred> writer;
    private final AfterCommit<Deferred> afterCommit;

    private record Deferred(PutRequest request, CacheView view) {}

    DeferredPuts(EntryStore store, InvalidationLog log, CacheInstrumentation instrumentation) {
        this.store = store;
        this.log = log;
        this.instrumentation = instrumentation;
        this.writer = new BackgroundWriter<>("psycache-writer", QUEUE_CAPACITY, MAX_BATCH, this::putBatch);
        this.afterCommit = new AfterCommit<>(this::offer, store::isAborted);
    }

    /** Stores them once the transaction of this thread has committed. */
    void afterCommit(CacheView view, List<PutRequest> requests) {
        afterCommit.add(deferred(view, requests));
    }

    /** Stores them as soon as there is time. @return whether they were not dropped */
    boolean now(CacheView view, List<PutRequest> requests) {
        return offer(deferred(view, requests));
    }

    private static List<Deferred> deferred(CacheView view, List<PutRequest> requests) {
        return requests.stream().map(request -> new Deferred(request, view)).toList();
    }

    private boolean offer(List<Deferred> unit) {
        boolean taken = writer.offer(unit);
        if (!taken) {
            unit.forEach(this::dropped);
        }
        return taken;
    }

    private void dropped(Deferred put) {
        try (PutSpan span = span(put)) {
            span.recordDropped();
        }
    }

    private PutSpan span(Deferred put) {
        return instrumentation.startDeferredPutSpan(List.of(put.request.key()), put.view.spanName());
    }

    /** One key once in a statement: of two puts of a key the later one is stored, but no load instead of a truth. */
    private void putBatch(List<Deferred> queued) {
        Map<String, Deferred> last = new LinkedHashMap<>();
        queued.forEach(put -> last.merge(
                put.request.key(), put, (old, late) -> old.request.stated() && late.request.isLoaded() ? old : late));
        Map<String, PutSpan> spans = new LinkedHashMap<>();
        last.forEach((key, put) -> spans.put(key, span(put)));
        try {
            putAll(last, spans);
        } catch (RuntimeException e) {
            spans.values().forEach(span -> {
                span.recordError(e);
                span.recordDropped();
            });
            throw e;
        } finally {
            spans.values().forEach(PutSpan::close);
        }
    }

    /** A bad value does not fail the others. */
    private void putAll(Map<String, Deferred> puts, Map<String, PutSpan> spans) {
        while (!puts.isEmpty()) {
            try {
                List<PutRequest> requests =
                        puts.values().stream().map(Deferred::request).toList();
                Map<String, Integer> stored = store.put(requests);
                record(stored, puts.keySet(), spans);
                endWhereNotStored(requests, stored.keySet());
                return;
            } catch (UnstorableValueException e) {
                refuse(puts, spans, e);
            }
        }
    }

    private static void record(Map<String, Integer> stored, Set<String> put, Map<String, PutSpan> spans) {
        for (String key : put) {
            PutSpan span = Objects.requireNonNull(spans.get(key));
            Integer size = stored.get(key);
            if (size == null) {
                span.recordFenced();
            } else {
                span.recordStored(size);
            }
        }
    }

    private void endWhereNotStored(List<PutRequest> requests, Set<String> stored) {
        List<String> ended = requests.stream()
                .filter(PutRequest::stated)
                .map(PutRequest::key)
                .filter(key -> !stored.contains(key))
                .toList();
        if (!ended.isEmpty()) {
            log.remove(ended);
        }
    }

    private void refuse(Map<String, Deferred> puts, Map<String, PutSpan> spans, UnstorableValueException refused) {
        Deferred put = Objects.requireNonNull(puts.remove(refused.key()), "a refused put is one of the batch");
        CacheValueException reason =
                EntryWriter.explained(put.view.keys(), Map.of(refused.key(), put.request), refused);
        LOG.warn("A cache entry was not stored in the background: " + reason.getMessage());
        Objects.requireNonNull(spans.get(refused.key())).recordError(reason);
        endWhereNotStored(List.of(put.request), Set.of());
    }

    @Override
    public void close() {
        writer.close();
    }
}
