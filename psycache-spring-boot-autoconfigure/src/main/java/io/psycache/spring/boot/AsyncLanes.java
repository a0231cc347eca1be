package io.psycache.spring.boot;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The threads on which asynchronous methods reach the cache. Not a bean of type {@link Executor}: one more of those would take
 * the place of the application's own.
 */
final class AsyncLanes implements DisposableBean {
    private final ThreadPoolExecutor threads;

    AsyncLanes(int lanes) {
        CustomizableThreadFactory daemons = new CustomizableThreadFactory("psycache-lane-");
        daemons.setDaemon(true);
        threads = new ThreadPoolExecutor(lanes, lanes, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>(), daemons);
        threads.allowCoreThreadTimeOut(true);
    }

    Executor executor() {
        return threads;
    }

    @Override
    public void destroy() {
        threads.shutdown();
    }
}
