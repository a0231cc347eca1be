package io.psycache;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** What a test does on a thread that is in no transaction. */
final class CompletableFutures {

    private CompletableFutures() {}

    static <T> T onAnotherThread(Supplier<T> supplier) {
        return CompletableFuture.supplyAsync(supplier).join();
    }
}
