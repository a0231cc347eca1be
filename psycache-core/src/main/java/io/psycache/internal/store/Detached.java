package io.psycache.internal.store;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Runs work that is to take part in no transaction on a thread that is in none: in a JTA transaction a data source may give any
 * connection that this thread asks for to the transaction, and refuses to commit on it.
 */
final class Detached {
    private static final Executor THREADS = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "psycache-detached");
        thread.setDaemon(true);
        return thread;
    });

    private Detached() {}

    /** On this thread where it is in no transaction. */
    static <T extends @Nullable Object> T run(Supplier<T> work) {
        return TransactionSynchronizationManager.isActualTransactionActive() ? elsewhere(work) : work.get();
    }

    private static <T extends @Nullable Object> T elsewhere(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, THREADS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
