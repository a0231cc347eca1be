package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.CleanupSpan;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.load.SingleFlight;
import io.psycache.internal.store.EntryStore;
import io.psycache.internal.store.InvalidationLog;
import io.psycache.internal.store.LeaseStore;
import io.psycache.internal.store.maintenance.Cleanup;
import io.psycache.internal.store.maintenance.ContentsStore;
import io.psycache.internal.store.maintenance.PeriodicTask;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** What all views of one cache share. */
final class CacheParts implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(CacheParts.class);

    final EntryStore store;
    final LoadTokens tokens;
    final EntryReader reader;
    final EntryWriter writer;
    final EntryLoader loader;
    final Evictions evictions;
    final Counters counters;
    final CacheInspection inspection;
    final @Nullable Duration defaultTtl;

    private final Lanes lanes;
    private final Callbacks callbacks;
    private final Invalidations invalidations;
    private final CacheInstrumentation instrumentation;
    private final Cleanup cleanup;
    private final Set<CleanupService> cleanups = ConcurrentHashMap.newKeySet();

    CacheParts(
            EntryStore store,
            InvalidationLog log,
            LeaseStore leases,
            Lanes lanes,
            Callbacks callbacks,
            LoadTokens tokens,
            CacheInstrumentation instrumentation,
            Cleanup cleanup,
            ContentsStore contents,
            CacheSettings settings) {
        this.store = store;
        this.tokens = tokens;
        this.lanes = lanes;
        this.callbacks = callbacks;
        Requests requests = new Requests(store, log, leases, lanes);
        this.reader = new EntryReader(store, tokens, requests, instrumentation);
        this.invalidations = new Invalidations(store);
        this.writer = new EntryWriter(store, log, requests, invalidations, instrumentation);
        this.evictions = new Evictions(store, log, requests, invalidations, instrumentation);
        this.loader = newLoader(requests, instrumentation);
        this.counters = new Counters(store, requests, instrumentation, settings.timeout());
        this.inspection = new CacheInspection(contents, requests, settings);
        this.defaultTtl = settings.defaultTtl();
        this.instrumentation = instrumentation;
        this.cleanup = cleanup;
    }

    private EntryLoader newLoader(Requests requests, CacheInstrumentation observers) {
        LoadedValues values = new LoadedValues(writer, requests);
        Leases leases = new Leases(reader, requests);
        SingleFlight<Flight> flights = new SingleFlight<>();
        Refresher refresher = new Refresher(leases, values, evictions, flights, callbacks.executor(), observers);
        return new EntryLoader(reader, values, leases, flights, refresher);
    }

    /** @param interval nothing is done where a node has done it within this time */
    long cleanup(Duration interval) {
        try (CleanupSpan span = instrumentation.startCleanupSpan()) {
            return Spans.recorded(span, () -> {
                long deleted = cleanup.run(interval);
                span.recordDeleted(deleted);
                measure(span);
                return deleted;
            });
        }
    }

    private void measure(CleanupSpan span) {
        try {
            span.recordContents(inspection.contents());
        } catch (DataAccessException e) { // the cleanup itself is done
            LOG.warn("What the cache holds could not be estimated after a cleanup: " + e.getMessage());
        }
    }

    CleanupService startCleanup(Duration interval) {
        CleanupService started = new TaskCleanupService(
                PeriodicTask.start("psycache-cleanup", interval, () -> cleanup(interval)), cleanups::remove);
        cleanups.add(started);
        return started;
    }

    @Override
    public void close() {
        cleanups.forEach(CleanupService::close);
        lanes.close();
        callbacks.close();
        invalidations.close();
        writer.close();
    }
}
