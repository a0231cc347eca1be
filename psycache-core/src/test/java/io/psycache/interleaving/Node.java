package io.psycache.interleaving;

import io.psycache.CacheOptions;
import io.psycache.CacheSettings.Partition;
import io.psycache.PostgresCache;
import io.psycache.ReadContexts;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A process of the application, with its cache. It serves one trial after the other, as long as all that it puts is stored at
 * once: building a cache takes as long as a third of a trial.
 */
final class Node implements CacheInstrumentation, AutoCloseable {
    private static final CacheCodec CODEC = CacheCodecs.detect();
    private static final CacheCodec COPIED = new CopiedValues(CODEC);
    private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);

    private final PostgresCache cache;
    private final AtomicInteger behind = new AtomicInteger();
    private volatile boolean queues;

    Node(DataSource pool, Scenario scenario, ReadContexts contexts) {
        PostgresCache.Builder builder = PostgresCache.builder(pool).partition(Partition.SINGLE);
        CacheOptions options = CacheOptions.none()
                .codec(scenario.hasCopies() ? COPIED : CODEC)
                .lease(scenario.hasLeases() ? LONGEST_HOLD : Duration.ZERO);
        if (scenario.servesStale()) {
            options = options.staleWhileRevalidate(Caller.TTL);
            builder.asyncExecutor(Runnable::run);
        }
        if (scenario.servesLateCopies()) {
            options = options.maxStaleness(LONGEST_HOLD);
        }
        if (scenario.servesStaleIfError()) {
            options = options.staleIfError(Caller.TTL);
        }
        this.cache = builder.options(options)
                .timeout(LONGEST_HOLD)
                .readContexts(contexts)
                .instrumentations(List.of(this))
                .build();
    }

    PostgresCache cache() {
        return cache;
    }

    /** Whether something may wait in the background to be stored, or has done so: then the process ends with its trial. */
    boolean queues() {
        return queues;
    }

    void noteQueues() {
        queues = true;
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        boolean inTransaction = TransactionSynchronizationManager.isActualTransactionActive();
        queues |= inTransaction && operation == Operation.PUT;
        return new Span() {
            @Override
            public void recordQueued(int jsonSize) {
                behind.addAndGet(inTransaction ? 0 : 1);
            }
        };
    }

    @Override
    public Span startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return new Span() {
            @Override
            public void close() {
                behind.decrementAndGet();
                synchronized (Node.this) {
                    Node.this.notifyAll();
                }
            }
        };
    }

    /** Waits until all is stored that was loaded outside transactions. */
    synchronized void awaitStored() throws InterruptedException {
        while (behind.get() > 0) {
            wait();
        }
    }

    /** Stores what waits in the background, if anything may. */
    @Override
    public void close() {
        if (queues) {
            cache.close();
        }
    }
}
