package io.psycache;

import io.psycache.codec.CodecException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.GetSpan;
import io.psycache.internal.lane.Route;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.Joining;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.StoredEntry;
import io.psycache.internal.store.StoredKeys;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gets: rows to values. */
final class EntryReader {
    private static final int KEYS_PER_STATEMENT = 1_000;

    private final EntryStore store;
    private final LoadTokens tokens;
    private final Requests requests;
    private final CacheInstrumentation instrumentation;

    EntryReader(EntryStore store, LoadTokens tokens, Requests requests, CacheInstrumentation instrumentation) {
        this.store = store;
        this.tokens = tokens;
        this.requests = requests;
        this.instrumentation = instrumentation;
    }

    FoundEntry get(CacheView view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        return get(view, List.of(key), readAs).get(0);
    }

    /**
     * {@link #get} outside a transaction for a caller that can load again in the background: also an entry whose time has ended, as
     * long as the view serves it, and with the time it has left.
     */
    FoundEntry getAging(CacheView view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        return operation(view, List.of(key), readAs, requests.agingGets).run().get(0);
    }

    /** {@link #getAging}, which blocks nobody. */
    CompletableFuture<FoundEntry> getAgingAsync(
            CacheView view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        return operation(view, List.of(key), readAs, requests.agingGets).start().thenApply(found -> found.get(0));
    }

    /** What is under {@code keys}, which are distinct, in their order. What can't be read is a miss with a reason. */
    List<FoundEntry> get(CacheView view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        if (keys.isEmpty()) {
            return List.of();
        }
        return store.inTransaction()
                ? getInside(view, keys, readAs)
                : operation(view, keys, readAs, requests.gets).run();
    }

    private List<FoundEntry> getInside(
            CacheView view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        try (GetSpan span = instrumentation.startGetSpan(keys, view.spanName())) {
            return Spans.recorded(span, () -> found(view, keys, store.get(stored(keys), view.joining()), readAs, span));
        }
    }

    /** {@link #get}, which blocks nobody. In a transaction, whose own evictions other threads can't see, all are misses. */
    CompletableFuture<List<FoundEntry>> getAsync(
            CacheView view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        return store.inTransaction()
                ? CompletableFuture.completedFuture(missed(view, keys))
                : operation(view, keys, readAs, requests.gets).start();
    }

    private List<FoundEntry> missed(CacheView view, List<String> keys) {
        try (GetSpan span = instrumentation.startGetSpan(keys, view.spanName())) {
            keys.forEach(key -> span.recordMiss());
        }
        return keys.stream().map(key -> FoundEntry.miss(key, null)).toList();
    }

    private Operation<?, ?, List<FoundEntry>> operation(
            CacheView view,
            List<String> keys,
            Function<@Nullable String, @Nullable Type> readAs,
            Route<List<String>, List<GetResult>> route) {
        GetSpan span = instrumentation.startGetSpan(keys, view.spanName());
        return Operation.ofMany(
                span, route, statements(stored(keys)), results -> found(view, keys, joined(results), readAs, span));
    }

    private static List<GetResult> joined(List<List<GetResult>> results) {
        return results.size() == 1
                ? results.get(0)
                : results.stream().flatMap(List::stream).toList();
    }

    boolean exists(CacheView view, String key) {
        List<String> stored = List.of(StoredKeys.of(key));
        return store.inTransaction()
                ? store.countValid(stored, view.joining()) > 0
                : requests.<Boolean>alone().call(counting(stored));
    }

    /** {@link #exists}, which blocks nobody; false in a transaction. */
    CompletableFuture<Boolean> existsAsync(String key) {
        return store.inTransaction()
                ? CompletableFuture.completedFuture(false)
                : requests.start(counting(List.of(StoredKeys.of(key))));
    }

    private static Requests.Alone<Boolean> counting(List<String> stored) {
        return (inTime, log) -> inTime.countValid(stored, Joining.ALWAYS) > 0;
    }

    private static List<String> stored(List<String> keys) {
        List<String> stored = new ArrayList<>(keys.size());
        for (String key : keys) {
            stored.add(StoredKeys.of(key));
        }
        return stored;
    }

    /** Very many keys would take longer than one statement may. */
    private static List<List<String>> statements(List<String> stored) {
        List<List<String>> statements = new ArrayList<>();
        for (int from = 0; from < stored.size(); from += KEYS_PER_STATEMENT) {
            statements.add(stored.subList(from, Math.min(stored.size(), from + KEYS_PER_STATEMENT)));
        }
        return statements;
    }

    private List<FoundEntry> found(
            CacheView view,
            List<String> keys,
            List<GetResult> results,
            Function<@Nullable String, @Nullable Type> readAs,
            GetSpan span) {
        List<FoundEntry> found = new ArrayList<>(keys.size());
        boolean readable = true;
        for (int i = 0; i < keys.size(); i++) {
            FoundEntry entry = found(view, keys.get(i), results.get(i), readAs, span);
            readable &= entry.unreadable() == null;
            found.add(entry);
        }
        return readable ? found : replaceable(view, found);
    }

    /** Values that can't be read may be replaced, so their misses have a token, one for all; it is taken now, before the load. */
    private List<FoundEntry> replaceable(CacheView view, List<FoundEntry> found) {
        LoadToken token = tokens.ofLoad(
                store.inTransaction()
                        ? store.token(view.joining())
                        : requests.<Optional<LoadToken>>alone()
                                .call((inTime, log) -> Optional.ofNullable(inTime.token(Joining.ALWAYS)))
                                .orElse(null));
        return found.stream()
                .map(entry -> entry.unreadable() == null ? entry : entry.withToken(token))
                .toList();
    }

    private FoundEntry found(
            CacheView view,
            String key,
            GetResult result,
            Function<@Nullable String, @Nullable Type> readAs,
            GetSpan span) {
        FoundEntry found = result.entry() == null || !isServed(view, result.entry())
                ? FoundEntry.miss(key, tokens.ofLoad(result.token()))
                : read(view, key, result, result.entry(), readAs);
        if (result.entry() != null && found.isHit()) {
            span.recordHit(result.entry().size());
        } else {
            span.recordMiss();
        }
        return found;
    }

    private static boolean isServed(CacheView view, StoredEntry entry) {
        return entry.remaining() == null || view.refreshing().serves(entry.remaining());
    }

    private FoundEntry read(
            CacheView view,
            String key,
            GetResult result,
            StoredEntry entry,
            Function<@Nullable String, @Nullable Type> readAs) {
        Type type = readAs.apply(entry.type());
        if (type == null) {
            return unreadable(
                    view, key, "untyped JSON or " + entry.type(), "the stored type is not one to be read here", null);
        }
        try {
            FoundEntry hit = FoundEntry.hit(key, view.codec().decode(entry.json(), type));
            return entry.remaining() == null
                    ? hit
                    : hit.withRemaining(tokens.ofLoad(result.token()), entry.remaining());
        } catch (CodecException e) {
            return unreadable(view, key, type.getTypeName(), "the stored JSON can't be read: " + e.getMessage(), e);
        }
    }

    private static FoundEntry unreadable(
            CacheView view, String key, String typeName, String reason, @Nullable Throwable cause) {
        return new FoundEntry(key, false, null, null, view.keys().valueProblem(key, typeName, reason, cause), null);
    }
}
