package io.psycache.spring;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.util.Assert;

/**
 * Puts on the threads of an executor, and one load per key at a time: who finds a load under way waits for its end and
 * gets again, once, for its value may be fenced, or be from before a commit that the one who waits has seen.
 */
final class AsyncLoads {
    private final Executor executor;
    private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

    AsyncLoads(Executor executor) {
        this.executor = executor;
    }

    /** A lookup, which does not block, and the put that may follow it, which does. */
    interface Attempt {

        CompletableFuture<@Nullable ValueWrapper> find();

        void store(@Nullable Object value);

        /** The executor did not take the put. */
        void rejected(RuntimeException rejection);
    }

    CompletableFuture<Void> run(Runnable task, Consumer<RuntimeException> rejected) {
        return run(
                () -> {
                    task.run();
                    return null;
                },
                rejected);
    }

    /** Completes with what {@code task} returns or throws, or with null where the executor does not take it. */
    <T> CompletableFuture<T> run(Supplier<? extends @Nullable T> task, Consumer<RuntimeException> rejected) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            executor.execute(() -> complete(future, task));
        } catch (RejectedExecutionException e) {
            complete(future, () -> {
                rejected.accept(e);
                return null;
            });
        }
        return future;
    }

    private static <T> void complete(CompletableFuture<T> future, Supplier<? extends @Nullable T> task) {
        if (future.isDone()) { // cancelled while it waited
            return;
        }
        try {
            future.complete(task.get());
        } catch (RuntimeException | Error e) { // handed on to whoever waits for the future
            future.completeExceptionally(e);
        }
    }

    <T> CompletableFuture<T> load(String key, Supplier<CompletableFuture<T>> loader, Supplier<Attempt> attempts) {
        CompletableFuture<T> result = new CompletableFuture<>();
        attempt(attempts.get(), result, attempt -> {
            CompletableFuture<Void> mine = new CompletableFuture<>();
            CompletableFuture<Void> other = underWay.putIfAbsent(key, mine);
            if (other == null) {
                result.whenComplete((value, failure) -> {
                    underWay.remove(key, mine);
                    mine.complete(null);
                });
                load(attempt, loader, result);
            } else {
                other.whenComplete(
                        (done, none) -> attempt(attempts.get(), result, again -> load(again, loader, result)));
            }
        });
        return result;
    }

    private <T> void attempt(Attempt attempt, CompletableFuture<T> result, Consumer<Attempt> missed) {
        attempt.find().whenComplete((found, failure) -> {
            if (failure != null) {
                result.completeExceptionally(unwrap(failure));
            } else if (found != null) {
                result.complete(cast(found.get()));
            } else if (!result.isDone()) {
                missed.accept(attempt);
            }
        });
    }

    private <T> void load(Attempt attempt, Supplier<CompletableFuture<T>> loader, CompletableFuture<T> result) {
        CompletableFuture<T> loading;
        try {
            loading = loader.get();
            Assert.state(loading != null, "the loader returned null instead of a future");
        } catch (RuntimeException | Error e) { // the contract: a loader's failure reaches the future
            result.completeExceptionally(e);
            return;
        }
        loading.whenComplete((value, failure) -> {
            if (failure != null) {
                result.completeExceptionally(unwrap(failure));
            } else {
                store(attempt, value, result);
            }
        });
    }

    private <T> void store(Attempt attempt, @Nullable T value, CompletableFuture<T> result) {
        run(() -> attempt.store(value), attempt::rejected).whenComplete((stored, failure) -> {
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(failure);
            }
        });
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @SuppressWarnings("unchecked") // as Spring's contract has it: the caller chooses T
    private static <T> @Nullable T cast(@Nullable Object value) {
        return (T) value;
    }
}
