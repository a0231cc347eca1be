package io.psycache;

import io.psycache.store.LoadToken;
import io.psycache.store.PutRequest;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Get of many keys; one call of a loader for those that are missing, and one put of what it returns, each with its own token. */
record BulkLoad(
        EntryReader reader,
        EntryWriter writer,
        CacheView view,
        Type type,
        @Nullable Duration ttl,
        Function<? super Set<String>, ? extends Map<String, ?>> loader) {

    /** @param keys distinct. @return what is there then, in their order */
    Map<String, Object> run(List<String> keys) {
        List<FoundEntry> found = reader.get(view, keys, stored -> type);
        Map<String, @Nullable LoadToken> missing = new LinkedHashMap<>();
        found.stream().filter(entry -> !entry.isHit()).forEach(miss -> missing.put(miss.key(), miss.token()));
        Map<String, ?> loaded = missing.isEmpty() ? Map.of() : loaded(missing.keySet());
        writer.putLoaded(view, requests(missing, loaded));
        return merged(found, loaded);
    }

    private Map<String, ?> loaded(Set<String> missing) {
        try {
            return Arguments.notNull(loader.apply(new LinkedHashSet<>(missing)), "result of the loader");
        } catch (RuntimeException e) {
            List<String> shown = missing.stream().map(view.keys()::of).toList();
            throw new CacheLoadException(String.join("', '", shown), e);
        }
    }

    private Map<String, PutRequest> requests(Map<String, @Nullable LoadToken> missing, Map<String, ?> loaded) {
        Map<String, PutRequest> requests = new LinkedHashMap<>();
        missing.forEach((key, token) -> {
            Object value = loaded.get(key);
            if (value != null) {
                PutRequest request = writer.request(view, key, value, type, ttl);
                requests.put(key, token == null ? request : request.withToken(token));
            }
        });
        return requests;
    }

    private static Map<String, Object> merged(List<FoundEntry> found, Map<String, ?> loaded) {
        Map<String, Object> merged = new LinkedHashMap<>();
        for (FoundEntry entry : found) {
            Object value = entry.isHit() ? entry.value() : loaded.get(entry.key());
            if (value != null) {
                merged.put(entry.key(), value);
            }
        }
        return merged;
    }
}
