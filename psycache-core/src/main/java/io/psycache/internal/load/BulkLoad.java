package io.psycache.internal.load;

import io.psycache.CacheLoadException;
import io.psycache.CacheValueException;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Entries;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.entry.View;
import io.psycache.internal.entry.Writes;
import io.psycache.internal.entry.Writes.Candidate;
import io.psycache.internal.store.Entry;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Get of many keys; one call of a loader for those that are missing, and one put of what it returns, each with its own token. */
public record BulkLoad(
        Reads reads,
        Writes writes,
        StaleValues stale,
        Backend backend,
        View view,
        Type type,
        @Nullable Duration ttl) {

    /**
     * @param keys distinct
     * @param loader returns a map, or a stage of one where the caller is told
     * @return what is there then, in their order
     */
    public Reply<Map<String, Object>> run(List<String> keys, Function<? super Set<String>, ?> loader) {
        boolean mayBeStale = StaleValues.mayServe(backend, view);
        return reads.getAll(backend, view, keys, stored -> type).then(found -> {
            Map<String, Found> missing = missing(found);
            if (missing.isEmpty()) {
                return Reply.of(merged(found, Map.of()));
            }
            Reply<Map<String, Object>> all = loaded(missing.keySet(), loader).map(loaded -> {
                writes.putLoaded(backend, view, candidates(missing, loaded));
                return merged(found, loaded);
            });
            return mayBeStale ? all.recover(failure -> insteadOf(failure, found, missing.keySet())) : all;
        });
    }

    private Reply<Map<String, Object>> insteadOf(Throwable failure, List<Found> found, Set<String> missing) {
        return stale.insteadOf(failure, backend, view, List.copyOf(missing), stored -> type)
                .map(kept -> merged(found, values(kept)));
    }

    private static Map<String, Object> values(List<Found> hits) {
        Map<String, Object> values = new HashMap<>();
        for (Found hit : hits) {
            if (hit.value() != null) {
                values.put(hit.key(), hit.value());
            }
        }
        return values;
    }

    private static Map<String, Found> missing(List<Found> found) {
        Map<String, Found> missing = new LinkedHashMap<>();
        found.stream().filter(entry -> !entry.isHit()).forEach(miss -> missing.put(miss.key(), miss));
        return missing;
    }

    @SuppressWarnings("unchecked") // what the loader returns
    private Reply<Map<String, ?>> loaded(Set<String> missing, Function<? super Set<String>, ?> loader) {
        return backend.pace()
                .call(() -> loader.apply(new LinkedHashSet<>(missing)))
                .<Map<String, ?>>map(loaded -> (Map<String, ?>) Arguments.notNull(loaded, "result of the loader"))
                .recover(failure -> Reply.failed(failed(missing, failure)));
    }

    private CacheLoadException failed(Set<String> missing, Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        List<String> shown = missing.stream().map(view.keys()::of).toList();
        return new CacheLoadException(String.join("', '", shown), failure);
    }

    /** @throws CacheValueException if one of the values can't be stored; then none is */
    private Map<String, Candidate> candidates(Map<String, Found> missing, Map<String, ?> loaded) {
        Map<String, Candidate> candidates = new LinkedHashMap<>();
        missing.forEach((key, miss) -> {
            Object value = loaded.get(key);
            if (value != null) {
                Entry entry = Entries.of(view, key, value, type, ttl);
                candidates.put(key, new Candidate(entry, miss.loadToken(), null, miss.isThere()));
            }
        });
        return candidates;
    }

    private static Map<String, Object> merged(List<Found> found, Map<String, ?> loaded) {
        Map<String, Object> merged = new LinkedHashMap<>();
        for (Found entry : found) {
            Object value = entry.isHit() ? entry.value() : loaded.get(entry.key());
            if (value != null) {
                merged.put(entry.key(), value);
            }
        }
        return merged;
    }
}
