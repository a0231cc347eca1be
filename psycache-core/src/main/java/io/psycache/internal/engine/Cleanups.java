package io.psycache.internal.engine;

import io.psycache.CleanupService;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.TableContents;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.lane.DaemonThreads;
import io.psycache.internal.store.maintenance.Cleanup;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.dao.DataAccessException;

/** The cleanups of all databases of a cache, and what they leave. Thread-safe. */
final class Cleanups implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(Cleanups.class);

    private final Supplier<List<Cleanup>> databases;
    private final Supplier<TableContents> contents;
    private final boolean isApart;
    private final CacheInstrumentation instrumentation;
    private final ExecutorService maintenance = DaemonThreads.one("psycache-maintenance");
    private final Set<CleanupService> services = ConcurrentHashMap.newKeySet();

    /**
     * @param databases those to be cleaned up now
     * @param contents of all of them
     * @param isApart whether each thread may have another database
     */
    Cleanups(
            Supplier<List<Cleanup>> databases,
            Supplier<TableContents> contents,
            boolean isApart,
            CacheInstrumentation instrumentation) {
        this.databases = databases;
        this.contents = contents;
        this.isApart = isApart;
        this.instrumentation = instrumentation;
    }

    /** @param interval nothing is done where a node has done it within this time */
    long run(Duration interval) {
        return isApart
                ? runHere(interval)
                : Reply.coming(CompletableFuture.supplyAsync(() -> runHere(interval), maintenance))
                        .get();
    }

    CleanupService start(Duration interval) {
        CleanupService started = new TaskCleanupService(interval, () -> runHere(interval), services::remove);
        services.add(started);
        return started;
    }

    private long runHere(Duration interval) {
        try (Span span = instrumentation.startSpan(Operation.CLEANUP, List.of(), null)) {
            try {
                long deleted = runAll(interval);
                span.recordRemoved(deleted);
                measure(span);
                return deleted;
            } catch (RuntimeException e) {
                span.recordError(e);
                throw e;
            }
        }
    }

    /** One database that fails does not keep the others from their cleanup. */
    private long runAll(Duration interval) {
        long deleted = 0;
        RuntimeException failure = null;
        for (Cleanup database : databases.get()) {
            try {
                deleted += database.run(interval);
            } catch (RuntimeException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return deleted;
    }

    private void measure(Span span) {
        try {
            span.recordContents(contents.get());
        } catch (DataAccessException e) { // the cleanup itself is done
            LOG.warn("What the cache holds could not be estimated after a cleanup: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        services.forEach(CleanupService::close);
        maintenance.shutdown();
    }
}
