package io.psycache.internal.backend;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend.Verdict;
import io.psycache.internal.lane.Call;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.lane.Route;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.EntryWrites;
import io.psycache.internal.store.Put;
import io.psycache.internal.store.UnstorableValueException;
import io.psycache.internal.store.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import java.util.function.Supplier;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Puts behind their callers: loaded values, and the puts of transactions after their commit. One thread stores them on one
 * connection; while 1,000 are queued, further ones are dropped. Thread-safe.
 */
final class WriteBehind implements AutoCloseable {
    private static final int QUEUE_CAPACITY = 1_000;
    private static final int MAX_BATCH = 100;

    private final RareWarning warning = new RareWarning(LogFactory.getLog(WriteBehind.class));
    private final EntryWrites store;
    private final Session session;
    private final CacheInstrumentation instrumentation;
    private final BiFunction<Entry, UnstorableValueException, RuntimeException> explanation;
    private final Supplier<ObjIntConsumer<Entry>> copying;
    private final boolean isApart;
    private final Lanes lane;
    private final Route<List<Queued>, Boolean> units;
    private final AfterCommit<Queued> afterCommit;
    private final AtomicInteger queued = new AtomicInteger();
    private final LongAdder dropped = new LongAdder();
    private final ConcurrentMap<String, CompletableFuture<Verdict>> pending = new ConcurrentHashMap<>();

    private record Queued(Put put, CompletableFuture<Verdict> verdict) {}

    /**
     * @param session ends each statement within the timeout
     * @param aborted whether an error has aborted the transaction of this thread
     * @param explanation of a value that PostgreSQL refuses
     * @param copying begins before a statement is sent, and takes loaded values that it has stored, with their sizes. A write of a
     *     transaction has logged its key, and the next look would end a copy of it
     * @param isApart whether each thread stores its own before it goes on, as its connection may be to another database
     */
    WriteBehind(
            EntryWrites store,
            Session session,
            Duration timeout,
            BooleanSupplier aborted,
            CacheInstrumentation instrumentation,
            BiFunction<Entry, UnstorableValueException, RuntimeException> explanation,
            Supplier<ObjIntConsumer<Entry>> copying,
            boolean isApart) {
        this.store = store;
        this.session = session;
        this.instrumentation = instrumentation;
        this.explanation = explanation;
        this.copying = copying;
        this.isApart = isApart;
        this.lane = new Lanes("psycache-writer", 1, MAX_BATCH, timeout, Runnable::run, new CacheInstrumentation() {});
        this.units = lane.route(Operation.PUT, List::size, this::send);
        this.afterCommit = new AfterCommit<>(this::offer, WriteBehind::dropSilently, aborted);
    }

    /** Stores puts as soon as there is time. Until then gets of their keys in this process wait for them ({@link #await}). */
    List<CompletableFuture<Verdict>> now(List<? extends Put> puts) {
        List<Queued> unit = queued(puts);
        if (!isApart) {
            unit.forEach(this::note);
        }
        offer(unit);
        return verdicts(unit);
    }

    /** A failure is logged and told to observers; callers have what they want. */
    private void store(List<Queued> batch) {
        try {
            putBatch(batch);
        } catch (RuntimeException e) {
            warning.warn(e.getClass().getName(), batch.size() + " cache entries were not stored: " + e.getMessage(), e);
        }
    }

    private void note(Queued queued) {
        pending.put(queued.put.key(), queued.verdict);
        queued.verdict.whenComplete((verdict, failure) -> pending.remove(queued.put.key(), queued.verdict));
    }

    /** Stores puts once {@code transaction} has committed; at once where it is over. */
    List<CompletableFuture<Verdict>> after(CallersTransaction transaction, List<? extends Put> puts) {
        List<Queued> unit = queued(puts);
        if (transaction.isSynchronized()) {
            afterCommit.add(unit);
        } else {
            offer(unit);
        }
        return verdicts(unit);
    }

    private static List<Queued> queued(List<? extends Put> puts) {
        List<Queued> unit = new ArrayList<>(puts.size());
        puts.forEach(put -> unit.add(new Queued(put, new CompletableFuture<>())));
        return unit;
    }

    private static List<CompletableFuture<Verdict>> verdicts(List<Queued> unit) {
        return unit.stream().map(Queued::verdict).toList();
    }

    /** Queues a unit, of which no part is dropped alone. One that is larger than what there is room for is queued whole. */
    private void offer(List<Queued> unit) {
        if (unit.isEmpty()) {
            return;
        }
        if (isApart) {
            store(unit);
            return;
        }
        if (queued.getAndAdd(unit.size()) >= QUEUE_CAPACITY) {
            queued.addAndGet(-unit.size());
            drop(unit, null);
            return;
        }
        lane.queue(units, unit).whenComplete((sent, failure) -> {
            if (failure != null) {
                drop(unit, failure);
            }
        });
    }

    /** Drops puts at once. */
    List<CompletableFuture<Verdict>> refuse(List<? extends Put> puts) {
        List<Queued> unit = queued(puts);
        drop(unit);
        return verdicts(unit);
    }

    private void drop(List<Queued> unit, @Nullable Throwable failure) {
        dropped.add(unit.size());
        String message = "psycache-writer can't keep up or is closed: " + dropped.sum() + " writes were dropped so far";
        warning.warn("", message, failure);
        drop(unit);
    }

    private void drop(List<Queued> unit) {
        unit.forEach(queued -> {
            try (Span span = span(queued.put)) {
                span.recordDropped();
            }
        });
        dropSilently(unit);
    }

    /** Small units together, up to a batch; a large one in several batches. */
    private void send(List<Call<List<Queued>, Boolean>> calls, long deadline) {
        List<Queued> puts =
                calls.stream().flatMap(call -> call.question().stream()).toList();
        queued.addAndGet(-puts.size());
        for (int from = 0; from < puts.size(); from += MAX_BATCH) {
            store(puts.subList(from, Math.min(from + MAX_BATCH, puts.size())));
        }
        calls.forEach(call -> call.answer(true));
    }

    private static void dropSilently(List<Queued> unit) {
        unit.forEach(queued -> queued.verdict.complete(Verdict.DROPPED));
    }

    private Span span(Put put) {
        return instrumentation.startDeferredPutSpan(
                List.of(put.key()), put.entry().spanName());
    }

    /** Whether loaded values are being stored. */
    boolean isPending() {
        return !pending.isEmpty();
    }

    /** The keys of loaded values that are being stored. */
    Set<String> pending() {
        return Set.copyOf(pending.keySet());
    }

    /** Completes when the loaded values of {@code keys} that are queued now are stored, or are not; after {@code nanos} at the latest. */
    CompletableFuture<@Nullable Void> await(Iterable<String> keys, long nanos) {
        List<CompletableFuture<Verdict>> stored = new ArrayList<>();
        for (String key : keys) {
            CompletableFuture<Verdict> verdict = pending.get(key);
            if (verdict != null) {
                stored.add(verdict);
            }
        }
        return stored.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(stored.toArray(CompletableFuture[]::new))
                        .completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    }

    /** A key is once in a statement. Verdicts are told after it: gets of the key wait for any of them. */
    private void putBatch(List<Queued> batch) {
        Map<String, Queued> last = new LinkedHashMap<>();
        Map<String, Span> spans = new LinkedHashMap<>();
        Map<String, Verdict> verdicts = new HashMap<>();
        try {
            batch.forEach(queued -> last.merge(queued.put.key(), queued, this::decisive));
            last.forEach((key, queued) -> spans.put(key, span(queued.put)));
            putAll(new LinkedHashMap<>(last), spans, verdicts);
        } catch (RuntimeException e) {
            spans.values().forEach(span -> {
                span.recordError(e);
                span.recordDropped();
            });
            throw e;
        } finally {
            spans.values().forEach(Span::close);
            batch.forEach(queued -> queued.verdict.complete(
                    last.get(queued.put.key()) == queued
                            ? verdicts.getOrDefault(queued.put.key(), Verdict.DROPPED)
                            : Verdict.FENCED));
        }
    }

    private Queued decisive(Queued earlier, Queued later) {
        boolean isKept = isKept(earlier.put, later.put);
        try (Span span = span(isKept ? later.put : earlier.put)) {
            span.recordFenced();
        }
        return isKept ? earlier : later;
    }

    /** A later load replaces neither a write nor a load that saw more. */
    private static boolean isKept(Put earlier, Put later) {
        if (!(later instanceof Put.Loaded load)) {
            return false;
        }
        return !(earlier instanceof Put.Loaded seen)
                || !load.token().equals(seen.token())
                        && load.token().equals(load.token().olderOf(seen.token()));
    }

    /** A bad value does not fail the others. */
    private void putAll(Map<String, Queued> puts, Map<String, Span> spans, Map<String, Verdict> verdicts) {
        while (!puts.isEmpty()) {
            try {
                ObjIntConsumer<Entry> copies = copying.get();
                Map<String, Integer> stored = store.put(
                        session, puts.values().stream().map(Queued::put).toList());
                puts.forEach((key, queued) -> {
                    Integer size = stored.get(key);
                    if (size != null && queued.put instanceof Put.Loaded) {
                        copies.accept(queued.put.entry(), size);
                    }
                    verdicts.put(key, decided(size, spans.get(key)));
                });
                return;
            } catch (UnstorableValueException e) {
                verdicts.put(e.key(), refused(puts.remove(e.key()), spans.get(e.key()), e));
            }
        }
    }

    private static Verdict decided(@Nullable Integer size, @Nullable Span span) {
        if (span != null && size != null) {
            span.recordStored(size);
        } else if (span != null) {
            span.recordFenced();
        }
        return size == null ? Verdict.FENCED : Verdict.STORED;
    }

    private Verdict refused(@Nullable Queued queued, @Nullable Span span, UnstorableValueException refusal) {
        if (queued == null || span == null) {
            throw refusal;
        }
        RuntimeException reason = explanation.apply(queued.put.entry(), refusal);
        warning.warn("A value was not stored in the background: " + reason.getMessage());
        span.recordError(reason);
        return Verdict.UNSTORABLE;
    }

    /** Stores what is queued, for 5 seconds at most. */
    @Override
    public void close() {
        lane.close();
    }
}
