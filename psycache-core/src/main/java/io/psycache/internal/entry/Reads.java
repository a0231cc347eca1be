package io.psycache.internal.entry;

import io.psycache.codec.CacheCodec;
import io.psycache.codec.CodecException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.GetResult.StoredEntry;
import io.psycache.internal.store.SharedValue;
import io.psycache.internal.store.SharedValue.Decoded;
import io.psycache.internal.store.Token;
import java.lang.reflect.Type;
import java.time.Duration;
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
                GetResult result = backend.get(List.of(view.stored(key)), view.maxStaleness())
                        .get()
                        .get(0);
                found = found(view, key, result, readAs, Duration.ZERO, span);
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
                Observed.of(
                        span,
                        backend.get(stored(view, keys), view.maxStaleness()),
                        results -> found(view, keys, results, readAs, Duration.ZERO, span)));
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
        Reply<List<Found>> found =
                aging(backend, view, List.of(key), readAs, view.staleWhileRevalidate(), view.maxStaleness());
        return replaceable(backend, found).map(one -> one.get(0));
    }

    /** {@link #getAll} for a caller whose loader has failed: also expired entries, as long as the view serves them instead. */
    public Reply<List<Found>> getStale(
            Backend.Shared backend, View view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        return aging(backend, view, keys, readAs, view.staleIfError(), 0);
    }

    private Reply<List<Found>> aging(
            Backend.Shared backend,
            View view,
            List<String> keys,
            Function<@Nullable String, @Nullable Type> readAs,
            Duration window,
            long maxStaleness) {
        Span span = instrumentation.startSpan(Operation.GET, keys, view.spanName());
        return Observed.of(
                span,
                backend.getAging(stored(view, keys), maxStaleness),
                results -> found(view, keys, results, readAs, window, span));
    }

    public Reply<Boolean> exists(Backend backend, View view, String key) {
        return backend.countValid(List.of(view.stored(key))).map(count -> count > 0);
    }

    private static List<String> stored(View view, List<String> keys) {
        List<String> stored = new ArrayList<>(keys.size());
        for (String key : keys) {
            stored.add(view.stored(key));
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
            Duration window,
            Span span) {
        List<Found> found = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            found.add(found(view, keys.get(i), results.get(i), readAs, window, span));
        }
        return found;
    }

    /** @param window how long ago the entry may have expired; the row may be kept for the longer one of another application */
    private Found found(
            View view,
            String key,
            GetResult result,
            Function<@Nullable String, @Nullable Type> readAs,
            Duration window,
            Span span) {
        StoredEntry entry = result.entry();
        Found found = entry == null || !Found.isWithin(window, entry.remaining())
                ? Found.miss(key, tokenOf(result))
                : read(view, key, isAging(result) ? tokenOf(result) : null, entry, readAs);
        if (entry != null && found.isHit()) {
            span.recordHit(entry.size());
        } else {
            span.recordMiss();
        }
        return found;
    }

    /** Whether it is a hit that may be loaded again. */
    private static boolean isAging(GetResult result) {
        return result.token() != null
                && result.entry() != null
                && result.entry().remaining() != null;
    }

    private Token tokenOf(GetResult result) {
        return tokens.ofLoad(Objects.requireNonNull(result.token()));
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
            Found hit = Found.hit(key, decoded(view, entry, type));
            return token == null ? hit : hit.withRemaining(token, entry.remaining());
        } catch (CodecException e) {
            return unreadable(view, key, type.getTypeName(), "the stored JSON can't be read: " + e.getMessage(), e);
        }
    }

    private static @Nullable Object decoded(View view, StoredEntry entry, Type type) throws CodecException {
        CacheCodec codec = view.codec();
        SharedValue shared = entry.value();
        if (shared == null || !view.shares(type)) {
            return codec.decode(entry.json(), type);
        }
        Decoded decoded = shared.decoded(codec, type);
        if (decoded == null) {
            decoded = new Decoded(codec, type, codec.decode(entry.json(), type));
            shared.keep(decoded);
        }
        return decoded.value();
    }

    private static Found unreadable(View view, String key, String typeName, String reason, @Nullable Throwable cause) {
        return new Found(key, false, null, null, view.keys().valueProblem(key, typeName, reason, cause), null);
    }
}
