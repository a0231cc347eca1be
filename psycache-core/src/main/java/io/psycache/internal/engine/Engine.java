package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CacheSettings;
import io.psycache.CleanupService;
import io.psycache.ReadContexts;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.CompositeInstrumentation;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backends;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.LoadTokens;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.entry.Removals;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.entry.View;
import io.psycache.internal.entry.Writes;
import io.psycache.internal.lane.DaemonThreads;
import io.psycache.internal.lane.Lanes;
import io.psycache.internal.load.BulkLoad;
import io.psycache.internal.load.Loads;
import io.psycache.internal.load.StaleValues;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.store.CacheTables;
import io.psycache.internal.store.maintenance.Cleanup;
import io.psycache.internal.store.maintenance.ContentsStore;
import io.psycache.internal.store.maintenance.MaintenanceStore;
import io.psycache.internal.store.session.Sessions;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/** The parts of one cache, which all its views share. */
public final class Engine implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(Engine.class);
    private static final Duration CLEANUP_TIMEOUT = Duration.ofSeconds(10);

    final CacheSettings settings;
    final LoadTokens tokens;
    final Reads reads;
    final Writes writes;
    final Removals removals;
    final Loads loads;
    private final StaleValues stale;
    final CacheInspection inspection;

    private final ShownKeys shownKeys;
    private final CacheInstrumentation instrumentation;
    private final Lanes lanes;
    private final Executor callbacks;
    private final @Nullable NearCopies near;
    private final Backends backends;
    private final Cleanup cleanup;
    private final ExecutorService maintenance = DaemonThreads.one("psycache-maintenance");
    private final Set<CleanupService> cleanups = ConcurrentHashMap.newKeySet();

    /** @param asyncExecutor where callers are told; null = threads of the cache */
    public Engine(
            DataSource dataSource,
            CacheSettings settings,
            @Nullable Executor asyncExecutor,
            List<CacheInstrumentation> instrumentations,
            ReadContexts readContexts) {
        this.settings = settings;
        this.shownKeys = new ShownKeys(settings.hashKeys());
        CacheInstrumentation observers = new CompositeInstrumentation(instrumentations);
        this.instrumentation = settings.hashKeys() ? new KeyHashingInstrumentation(observers) : observers;
        this.callbacks = asyncExecutor == null ? new Callbacks() : asyncExecutor;
        this.lanes = new Lanes(
                "psycache-lane", settings.lanes(), settings.maxBatch(), settings.timeout(), callbacks, instrumentation);
        CacheTables tables = new CacheTables(settings.schema(), settings.table());
        Sessions sessions = new Sessions(dataSource, settings.timeout());
        boolean isApart = settings.maxBatch() == 1;
        this.near = isApart || settings.nearMaximumSize() == 0 ? null : new NearCopies(settings.nearMaximumSize());
        this.backends = new Backends(
                sessions,
                tables,
                lanes,
                settings.timeout(),
                isApart,
                near,
                instrumentation,
                (entry, refused) -> Writes.explained(shownKeys, entry.key(), entry, refused));
        this.tokens = new LoadTokens(readContexts, () -> backends.apart().token(), backends::isInTransaction, isApart);
        this.reads = new Reads(tokens, instrumentation);
        this.writes = new Writes(tokens, instrumentation);
        this.removals = new Removals(instrumentation);
        this.stale = new StaleValues(reads, instrumentation);
        this.loads = new Loads(reads, writes, removals, stale, backends.apart(), callbacks, instrumentation);
        this.cleanup = new Cleanup(
                new MaintenanceStore(dataSource, tables, CLEANUP_TIMEOUT),
                settings.cleanupBatchSize(),
                settings.logRetention());
        this.inspection = new DefaultCacheInspection(
                new ContentsStore(dataSource, tables, settings.timeout()), backends, near, settings, shownKeys);
        instrumentation.bindNear(inspection::near);
        instrumentation.bindBreaker(inspection::breaker);
    }

    /** The view without tags and name. */
    View view() {
        return new View(List.of(), null, null, settings.options(), shownKeys);
    }

    BulkLoad bulkLoad(Backend backend, View view, Type type, @Nullable Duration ttl) {
        return new BulkLoad(reads, writes, stale, backend, view, type, Arguments.ttl(ttl, "ttl"));
    }

    /** The backend of a call that blocks. */
    Backend backend(View view) {
        return backends.blocking(view.access());
    }

    /** The backend of a call that returns at once. */
    Backend told(View view) {
        return backends.told(view.access());
    }

    /** @param interval nothing is done where a node has done it within this time */
    long cleanup(Duration interval) {
        return Reply.coming(CompletableFuture.supplyAsync(() -> cleanupHere(interval), maintenance))
                .get();
    }

    private long cleanupHere(Duration interval) {
        try (Span span = instrumentation.startSpan(Operation.CLEANUP, List.of(), null)) {
            try {
                long deleted = cleanup.run(interval);
                span.recordRemoved(deleted);
                measure(span);
                return deleted;
            } catch (RuntimeException e) {
                span.recordError(e);
                throw e;
            }
        }
    }

    private void measure(Span span) {
        try {
            span.recordContents(inspection.contents());
        } catch (DataAccessException e) { // the cleanup itself is done
            LOG.warn("What the cache holds could not be estimated after a cleanup: " + e.getMessage());
        }
    }

    CleanupService startCleanup(Duration interval) {
        CleanupService started = new TaskCleanupService(interval, () -> cleanupHere(interval), cleanups::remove);
        cleanups.add(started);
        return started;
    }

    @Override
    public void close() {
        tokens.close();
        cleanups.forEach(CleanupService::close);
        maintenance.shutdown();
        backends.close();
        lanes.close();
        if (near != null) {
            near.clear();
        }
        if (callbacks instanceof Callbacks own) {
            own.shutdown();
        }
    }
}
