package io.psycache;

import io.psycache.codec.CodecException;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.GetSpan;
import io.psycache.store.EntryStore;
import io.psycache.store.GetResult;
import io.psycache.store.LoadToken;
import io.psycache.store.StoredEntry;
import io.psycache.store.StoredKeys;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Gets: rows to values. */
final class EntryReader {
    private final EntryStore store;
    private final LoadTokens tokens;
    private final CacheInstrumentation instrumentation;

    EntryReader(EntryStore store, LoadTokens tokens, CacheInstrumentation instrumentation) {
        this.store = store;
        this.tokens = tokens;
        this.instrumentation = instrumentation;
    }

    FoundEntry get(CacheView view, String key, Function<@Nullable String, @Nullable Type> readAs) {
        return get(view, List.of(key), readAs).get(0);
    }

    /** What is under {@code keys}, which are distinct, in their order. What can't be read is a miss with a reason. */
    List<FoundEntry> get(CacheView view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs) {
        if (keys.isEmpty()) {
            return List.of();
        }
        try (GetSpan span = instrumentation.startGetSpan(keys, view.spanName())) {
            return Spans.recorded(span, () -> found(view, keys, readAs, span));
        }
    }

    private List<FoundEntry> found(
            CacheView view, List<String> keys, Function<@Nullable String, @Nullable Type> readAs, GetSpan span) {
        List<GetResult> results = store.get(keys.stream().map(StoredKeys::of).toList(), view.gets());
        List<FoundEntry> found = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            found.add(found(view, keys.get(i), results.get(i), readAs, span));
        }
        return found;
    }

    private FoundEntry found(
            CacheView view,
            String key,
            GetResult result,
            Function<@Nullable String, @Nullable Type> readAs,
            GetSpan span) {
        FoundEntry found = result.entry() == null
                ? FoundEntry.miss(key, tokens.ofLoad(result.token()))
                : read(view, key, result.entry(), readAs);
        if (result.entry() != null && found.isHit()) {
            span.recordHit(result.entry().size());
        } else {
            span.recordMiss();
        }
        return found;
    }

    private FoundEntry read(
            CacheView view, String key, StoredEntry entry, Function<@Nullable String, @Nullable Type> readAs) {
        Type type = readAs.apply(entry.type());
        if (type == null) {
            return unreadable(
                    view, key, "untyped JSON or " + entry.type(), "the stored type is not one to be read here", null);
        }
        try {
            return FoundEntry.hit(key, view.codec().decode(entry.json(), type));
        } catch (CodecException e) {
            return unreadable(view, key, type.getTypeName(), "the stored JSON can't be read: " + e.getMessage(), e);
        }
    }

    /** The value may be replaced, so its miss has a token; it is taken now, before the load. */
    private FoundEntry unreadable(
            CacheView view, String key, String typeName, String reason, @Nullable Throwable cause) {
        LoadToken token = tokens.ofLoad(store.token(view.gets()));
        return new FoundEntry(key, false, null, token, new CacheValueException(key, typeName, reason, cause));
    }
}
