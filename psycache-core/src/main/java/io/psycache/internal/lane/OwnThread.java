package io.psycache.internal.lane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One daemon thread for work that takes long by nature, one piece after the other: however many callers ask for it, it takes one
 * connection. Thread-safe.
 */
public final class OwnThread implements AutoCloseable {
    private final ThreadPoolExecutor thread;

    public OwnThread(String name) {
        this.thread = DaemonThreads.pool(name, 1);
    }

    /** Does {@code work} and waits for it. */
    public <T extends @Nullable Object> T call(Supplier<T> work) {
        try {
            return start(work).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Does {@code work} and returns at once; once closed, does it on this thread. */
    public <T extends @Nullable Object> CompletableFuture<T> start(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> {
            try {
                thread.execute(task);
            } catch (RejectedExecutionException e) {
                task.run();
            }
        });
    }

    /** Takes no further work; work under way goes on to its end. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
