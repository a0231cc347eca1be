package io.psycache.benchmarks;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.PutSpan;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;

/**
 * psycache with {@code psycache.write-mode=async}, for puts. One that is dropped because 1,000 wait does not count; its caller waits for the
 * end of the old entry instead.
 */
final class BackgroundContender implements Contender {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = 100_000;
    private static final int LAST_KEY = -1;

    private final Cache cache;
    private final Drops drops;
    private final Keys keys;
    private final AtomicInteger settled = new AtomicInteger();

    /** Tells a thread whether its own put was dropped. */
    static final class Drops implements CacheInstrumentation, PutSpan {
        private final ThreadLocal<Boolean> dropped = ThreadLocal.withInitial(() -> false);

        @Override
        public PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
            return this;
        }

        @Override
        public void recordDropped() {
            dropped.set(true);
        }

        @Override
        public void close() {}
    }

    /** @param cache writes in the background, and tells {@code drops} */
    BackgroundContender(Cache cache, Drops drops, Keys keys) {
        this.cache = cache;
        this.drops = drops;
        this.keys = keys;
    }

    @Override
    public String name() {
        return Contenders.BACKGROUND;
    }

    @Override
    public int get() {
        throw new UnsupportedOperationException("gets are those of " + Contenders.PSYCACHE);
    }

    @Override
    public int put() {
        int key = keys.random();
        return isQueued(key, key) ? 1 : 0;
    }

    private boolean isQueued(int key, int value) {
        drops.dropped.set(false);
        cache.put(key, Order.of(value));
        return !drops.dropped.get();
    }

    /** One thread stores what is queued, in order: what is put last is there when all is. */
    @Override
    public void settle() {
        int last = settled.incrementAndGet();
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        boolean queued = false;
        while (!queued || !isStored(last)) {
            queued = queued || isQueued(LAST_KEY, last);
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException(name() + " did not store everything within " + LONGEST_WAIT);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private boolean isStored(int value) {
        Order stored = cache.get(LAST_KEY, Order.class);
        return stored != null && stored.id() == value;
    }
}
