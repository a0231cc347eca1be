package io.psycache.spring;

import io.psycache.CacheLoadException;
import io.psycache.CacheRegion;
import io.psycache.CacheUnavailableException;
import io.psycache.LoadOutcome;
import io.psycache.spring.keys.Invocation;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** Get or load, one load per key at a time: {@code sync = true}. */
record SynchronizedLoads(CacheRegion region, CacheValues values, CacheOutcomes outcomes) {

    @Nullable Object getOrLoad(String key, Invocation invocation, Callable<?> loader) {
        try {
            return outcomes.gotOrLoaded(invocation
                    .view(region)
                    .getOrLoad(
                            key,
                            values.readAs(invocation),
                            value -> values.storeAs(key, invocation, value),
                            values.nextTtl(),
                            checked(loader)));
        } catch (DataAccessException e) { // nothing was loaded
            outcomes.getFailed(e);
            return load(key, loader);
        } catch (CacheLoadException e) {
            if (e.getCause() instanceof CacheUnavailableException unavailable) {
                outcomes.getFailed(unavailable);
            }
            throw e;
        }
    }

    /** Where failures propagate it is not called instead of a lookup that was skipped. */
    private <T> Callable<T> checked(Callable<T> loader) {
        return outcomes.arePropagated() ? () -> called(loader) : loader;
    }

    private <T> T called(Callable<T> loader) throws Exception {
        if (!region.isAvailable()) {
            throw outcomes.unavailable();
        }
        return loader.call();
    }

    /** A value that is loaded without the cache. */
    private static @Nullable Object load(String key, Callable<?> loader) {
        try {
            return loader.call();
        } catch (Exception e) {
            throw new CacheLoadException(key, e);
        }
    }

    /** {@link #getOrLoad} that returns at once. Cancelling the future leaves the load to others. */
    CompletableFuture<@Nullable Object> getOrLoadAsync(
            String key, Invocation invocation, Callable<? extends CompletionStage<?>> loader) {
        CompletableFuture<LoadOutcome> loading = invocation
                .view(region)
                .getOrLoadAsync(
                        key,
                        values.readAs(invocation),
                        value -> values.storeAs(key, invocation, value),
                        values.nextTtl(),
                        checked(loader));
        CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
        result.whenComplete((value, failure) -> loading.cancel(false));
        loading.whenComplete((outcome, failure) -> {
            if (failure == null) {
                result.complete(outcomes.gotOrLoaded(outcome));
            } else if (failure instanceof DataAccessException database) { // nothing was loaded
                loadInstead(loader, database, result);
            } else {
                result.completeExceptionally(failure instanceof CacheLoadException ? failure.getCause() : failure);
            }
        });
        return result;
    }

    private void loadInstead(
            Callable<? extends CompletionStage<?>> loader,
            DataAccessException failure,
            CompletableFuture<@Nullable Object> result) {
        try {
            outcomes.getFailed(failure);
            loader.call().whenComplete((value, failed) -> {
                if (failed == null) {
                    result.complete(value);
                } else {
                    Throwable cause = failed instanceof CompletionException ? failed.getCause() : null;
                    result.completeExceptionally(cause != null ? cause : failed);
                }
            });
        } catch (Exception e) { // the loader's or, where it is to propagate, the failure itself
            result.completeExceptionally(e);
        }
    }
}
