package io.psycache;

import io.psycache.internal.load.SingleFlight;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Get of many keys; one call of a loader for those that are missing, and one put of what it returns, each with its own token. */
record BulkLoad(
        EntryReader reader,
        EntryWriter writer,
        CacheView view,
        Type type,
        @Nullable Duration ttl) {

    /** @param keys distinct. @return what is there then, in their order */
    Map<String, Object> run(List<String> keys, Function<? super Set<String>, ? extends Map<String, ?>> loader) {
        List<FoundEntry> found = reader.get(view, keys, stored -> type);
        Map<String, @Nullable LoadToken> missing = missing(found);
        Map<String, ?> loaded = missing.isEmpty() ? Map.of() : loaded(missing.keySet(), loader);
        writer.putLoaded(view, requests(missing, loaded));
        return merged(found, loaded);
    }

    /** {@link #run} that returns at once; in a transaction it only loads. */
    CompletableFuture<Map<String, Object>> start(
            List<String> keys,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ?>>> loader) {
        return reader.getAsync(view, keys, stored -> type).thenCompose(found -> {
            Map<String, @Nullable LoadToken> missing = missing(found);
            return missing.isEmpty()
                    ? CompletableFuture.completedFuture(merged(found, Map.of()))
                    : begun(missing.keySet(), loader)
                            .thenCompose(loaded -> writer.putLoadedAsync(view, requests(missing, loaded))
                                    .thenApply(stored -> merged(found, loaded)));
        });
    }

    private static Map<String, @Nullable LoadToken> missing(List<FoundEntry> found) {
        Map<String, @Nullable LoadToken> missing = new LinkedHashMap<>();
        found.stream().filter(entry -> !entry.isHit()).forEach(miss -> missing.put(miss.key(), miss.token()));
        return missing;
    }

    private Map<String, ?> loaded(Set<String> missing, Function<? super Set<String>, ? extends Map<String, ?>> loader) {
        try {
            return Arguments.notNull(loader.apply(new LinkedHashSet<>(missing)), "result of the loader");
        } catch (RuntimeException e) {
            throw failed(missing, e);
        }
    }

    @SuppressWarnings("unchecked") // what the loader's stage has
    private CompletableFuture<Map<String, ?>> begun(
            Set<String> missing,
            Function<? super Set<String>, ? extends CompletionStage<? extends Map<String, ?>>> loader) {
        CompletableFuture<Map<String, ?>> loaded = new CompletableFuture<>();
        SingleFlight.begun(() -> loader.apply(new LinkedHashSet<>(missing))).whenComplete((values, failure) -> {
            if (failure != null) {
                loaded.completeExceptionally(failed(missing, Futures.cause(failure)));
            } else if (values == null) {
                loaded.completeExceptionally(failed(missing, new IllegalArgumentException("it returned null")));
            } else {
                loaded.complete((Map<String, ?>) values);
            }
        });
        return loaded;
    }

    private CacheLoadException failed(Set<String> missing, Throwable failure) {
        List<String> shown = missing.stream().map(view.keys()::of).toList();
        return new CacheLoadException(String.join("', '", shown), failure);
    }

    private Map<String, PutRequest> requests(Map<String, @Nullable LoadToken> missing, Map<String, ?> loaded) {
        Map<String, PutRequest> requests = new LinkedHashMap<>();
        missing.forEach((key, token) -> {
            Object value = loaded.get(key);
            if (value != null) {
                PutRequest request = PutRequests.of(view, key, value, type, ttl);
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
