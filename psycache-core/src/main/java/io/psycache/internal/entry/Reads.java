package io.psycache.internal.entry;

import io.psycache.codec.CodecException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.GetResult.StoredEntry;
import io.psycache.internal.store.StoredKeys;
import io.psycache.internal.store.Token;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gets: rows to values. An unreadable row is a miss with a reason. {@code readAs} is as of {@link io.psycache.CacheRegion#lookup}. */
public record Reads(LoadTokens tokens, CacheInstrumentation instrumentation) {

    /** The value under one key, for a caller that blocks. */
    public Found get(Backend backend, View view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        Found found;
        try (Span span = instrumentation.startSpan(Operation.GET, List.of(key), view.spanName())) {
            try {
                GetResult result =
                        backend.get(List.of(StoredKeys.of(key))).get().get(0);
                found = found(view, key, result, readAs, span);
            } catch (RuntimeException e) {
                span.recordError(e);
                throw e;
            }
        }
        return found.unreadable() == null
                ? found
                : found.withToken(freshToken(backend).get());
    }

    /** {@link #get} of many keys, which are distinct, in their order. */
    public Reply<List<Found>> getAll(
            Backend backend, View view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        if (keys.isEmpty()) {
            return Reply.of(List.of());
        }
        Span span = instrumentation.startSpan(Operation.GET, keys, view.spanName());
        return replaceable(
                backend,
                Observed.of(span, backend.get(stored(keys)), results -> found(view, keys, results, readAs, span)));
    }

    /** {@link #get} for any caller. */
    public Reply<Found> getOne(
            Backend backend, View view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        return getAll(backend, view, List.of(key), readAs).map(found -> found.get(0));
    }

    /**
     * {@link #getOne} for a caller that can load again in the background: also an expired entry, as long as the view serves it, and with
     * the time it has left.
     */
    public Reply<Found> getAging(
            Backend.Shared backend, View view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        List<String> keys = List.of(key);
        Span span = instrumentation.startSpan(Operation.GET, keys, view.spanName());
        Reply<List<Found>> found =
                Observed.of(span, backend.getAging(stored(keys)), results -> found(view, keys, results, readAs, span));
        return replaceable(backend, found).map(one -> one.get(0));
    }

    public Reply<Boolean> exists(Backend backend, String key) {
        return backend.countValid(List.of(StoredKeys.of(key))).map(count -> count > 0);
    }

    private static List<String> stored(List<String> keys) {
        List<String> stored = new ArrayList<>(keys.size());
        for (String key : keys) {
            stored.add(StoredKeys.of(key));
        }
        return stored;
    }

    /** Values that can't be read may be replaced, so their misses have a token, one for all; it is taken now, before the load. */
    private Reply<List<Found>> replaceable(Backend backend, Reply<List<Found>> found) {
        return found.then(entries -> entries.stream().allMatch(entry -> entry.unreadable() == null)
                ? Reply.of(entries)
                : freshToken(backend)
                        .map(token -> entries.stream()
                                .map(entry -> entry.unreadable() == null ? entry : entry.withToken(token))
                                .toList()));
    }

    private Reply<Token> freshToken(Backend backend) {
        return backend.token().map(tokens::ofLoad);
    }

    private List<Found> found(
            View view,
            List<String> keys,
            List<GetResult> results,
            Function<@Nullable String, @Nullable Type> readAs,
            Span span) {
        List<Found> found = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            found.add(found(view, keys.get(i), results.get(i), readAs, span));
        }
        return found;
    }

    private Found found(
            View view, String key, GetResult result, Function<@Nullable String, @Nullable Type> readAs, Span span) {
        StoredEntry entry = result.entry();
        Found found = entry == null || !isServed(view, entry)
                ? Found.miss(key, tokenOf(result))
                : read(view, key, entry.remaining() == null ? null : tokenOf(result), entry, readAs);
        if (entry != null && found.isHit()) {
            span.recordHit(entry.size());
        } else {
            span.recordMiss();
        }
        return found;
    }

    private Token tokenOf(GetResult result) {
        return tokens.ofLoad(Objects.requireNonNull(result.token()));
    }

    private static boolean isServed(View view, StoredEntry entry) {
        return entry.remaining() == null || view.serves(entry.remaining());
    }

    private Found read(
            View view,
            String key,
            @Nullable Token token,
            StoredEntry entry,
            Function<@Nullable String, @Nullable Type> readAs) {
        Type type = readAs.apply(entry.type());
        if (type == null) {
            return unreadable(
                    view, key, "untyped JSON or " + entry.type(), "the stored type is not one to be read here", null);
        }
        try {
            Found hit = Found.hit(key, view.codec().decode(entry.json(), type));
            return entry.remaining() == null ? hit : hit.withRemaining(token, entry.remaining());
        } catch (CodecException e) {
            return unreadable(view, key, type.getTypeName(), "the stored JSON can't be read: " + e.getMessage(), e);
        }
    }

    private static Found unreadable(View view, String key, String typeName, String reason, @Nullable Throwable cause) {
        return new Found(key, false, null, null, view.keys().valueProblem(key, typeName, reason, cause), null);
    }
}
