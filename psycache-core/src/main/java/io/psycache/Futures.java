package io.psycache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Failures of futures, without what the steps on the way wrap around them. */
final class Futures {

    private Futures() {}

    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** A future that fails with the failure itself, as one does that is the first of its chain. */
    static <T extends @Nullable Object> CompletableFuture<T> unwrapped(CompletionStage<T> stage) {
        CompletableFuture<T> future = new CompletableFuture<>();
        complete(future, stage);
        return future;
    }

    /** Completes {@code future} as {@code stage} does, its failure without what was wrapped around it. */
    static <T extends @Nullable Object> void complete(CompletableFuture<T> future, CompletionStage<T> stage) {
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                future.complete(value);
            } else {
                future.completeExceptionally(cause(failure));
            }
        });
    }
}
