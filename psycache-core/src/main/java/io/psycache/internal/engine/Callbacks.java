package io.psycache.internal.engine;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The threads on which futures complete: the application's, or some of our own that live while there is work. */
final class Callbacks implements AutoCloseable {
    private static final int THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());
    private static final int MOST_THREADS = 1_000;

    private final @Nullable ForkJoinPool own;
    private final Executor executor;

    Callbacks(@Nullable Executor given) {
        ForkJoinPool pool = given == null ? newPool() : null;
        this.own = pool;
        this.executor = pool == null ? Objects.requireNonNull(given) : pool;
    }

    /** A thread of this pool that waits for another future has a substitute meanwhile. */
    private static ForkJoinPool newPool() {
        return new ForkJoinPool(
                THREADS, Worker::new, null, true, 0, MOST_THREADS, 1, pool -> true, 10, TimeUnit.SECONDS);
    }

    Executor executor() {
        return executor;
    }

    @Override
    public void close() {
        if (own != null) {
            own.shutdown();
        }
    }

    private static final class Worker extends ForkJoinWorkerThread {

        private Worker(ForkJoinPool pool) {
            super(pool);
            setName("psycache-async");
            setContextClassLoader(Callbacks.class.getClassLoader());
        }
    }
}
