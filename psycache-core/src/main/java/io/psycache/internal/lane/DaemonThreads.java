package io.psycache.internal.lane;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Daemon threads of the cache, which live while there is work and 10 seconds longer. */
public final class DaemonThreads {

    private DaemonThreads() {}

    static ThreadPoolExecutor pool(String name, int threads) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** A thread for work that takes long by nature, one piece after the other. Once closed, it leaves work to the threads that ask. */
    public static ExecutorService one(String name) {
        ThreadPoolExecutor one = pool(name, 1);
        one.setRejectedExecutionHandler((work, closed) -> work.run());
        return one;
    }

    public static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Takes no further work, and waits for what there is. @return whether all is done */
    public static boolean close(ExecutorService threads, Duration timeout) {
        threads.shutdown();
        try {
            return threads.awaitTermination(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return threads.isTerminated();
        }
    }
}
