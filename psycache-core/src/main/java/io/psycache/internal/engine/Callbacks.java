package io.psycache.internal.engine;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;

/** Threads on which futures complete, which live while there is work. One that waits for another future has a substitute meanwhile. */
final class Callbacks extends ForkJoinPool {
    private static final int THREADS = Math.max(4, Runtime.getRuntime().availableProcessors());
    private static final int MOST_THREADS = 1_000;

    Callbacks() {
        super(THREADS, Worker::new, null, true, 0, MOST_THREADS, 1, pool -> true, 10, TimeUnit.SECONDS);
    }

    private static final class Worker extends ForkJoinWorkerThread {

        private Worker(ForkJoinPool pool) {
            super(pool);
            setName("psycache-async");
            setContextClassLoader(Callbacks.class.getClassLoader());
        }
    }
}
