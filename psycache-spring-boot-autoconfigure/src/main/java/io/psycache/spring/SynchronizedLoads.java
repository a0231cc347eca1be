package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.spring.keys.Invocation;
import java.lang.reflect.Type;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Get or load, one load per key in this process: {@code sync = true}. */
final class SynchronizedLoads {
    private final RegionParts parts;

    SynchronizedLoads(RegionParts parts) {
        this.parts = parts;
    }

    @Nullable Object getOrLoad(String key, Invocation invocation, TrackedLoader loader) {
        Object value;
        try {
            value = load(key, invocation, loader);
        } catch (DataAccessException e) {
            if (loader.isCalled()) {
                throw e; // a failed put that is to propagate
            }
            parts.outcomes().getFailed(e);
            return loader.load(key);
        }
        parts.outcomes().gotOrLoaded(loader);
        return value;
    }

    private @Nullable Object load(String key, Invocation invocation, TrackedLoader loader) {
        Type declared = invocation.declaredType();
        return parts.region(invocation)
                .withRefreshListener(loader)
                .getOrLoad(
                        key,
                        parts.types().readAs(declared),
                        value -> storeAs(key, declared, value, loader),
                        parts.ttl().next(),
                        loader,
                        parts.outcomes()::unreadable,
                        reason -> notStored(loader, reason));
    }

    private void notStored(TrackedLoader loader, RuntimeException reason) {
        loader.refuse();
        parts.outcomes().notStored(reason);
    }

    /** {@link #getOrLoad} that returns at once. Who cancels the future leaves the load to others. */
    CompletableFuture<@Nullable Object> getOrLoadAsync(String key, Invocation invocation, TrackedLoader loader) {
        CompletableFuture<@Nullable Object> loading = loadAsync(key, invocation, loader);
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        result.whenComplete((value, failure) -> loading.cancel(false));
        loading.whenComplete((value, failure) -> {
            if (failure == null) {
                parts.outcomes().gotOrLoaded(loader);
                result.complete(value);
            } else if (failure instanceof DataAccessException database && !loader.isCalled()) {
                loadInstead(loader, database, result);
            } else {
                result.completeExceptionally(failure instanceof CacheLoadException ? failure.getCause() : failure);
            }
        });
        return result;
    }

    private void loadInstead(
            TrackedLoader loader, DataAccessException failure, CompletableFuture<@Nullable Object> result) {
        try {
            parts.outcomes().getFailed(failure);
            complete(result, loader.start());
        } catch (Exception e) { // the loader's or, where it is to propagate, the failure itself
            result.completeExceptionally(e);
        }
    }

    private static void complete(CompletableFuture<@Nullable Object> result, CompletionStage<?> stage) {
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            }
        });
    }

    private CompletableFuture<@Nullable Object> loadAsync(String key, Invocation invocation, TrackedLoader loader) {
        Type declared = invocation.declaredType();
        return parts.region(invocation)
                .withRefreshListener(loader)
                .getOrLoadAsync(
                        key,
                        parts.types().readAs(declared),
                        value -> storeAs(key, declared, value, loader),
                        parts.ttl().next(),
                        loader::start,
                        parts.outcomes()::unreadable,
                        reason -> notStored(loader, reason));
    }

    private @Nullable Type storeAs(String key, @Nullable Type declared, @Nullable Object value, TrackedLoader loader) {
        loader.offer();
        Type type = parts.storeAs(key, declared, value);
        if (type == null) {
            loader.refuse();
        }
        return type;
    }
}
