package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CacheSettings;
import io.psycache.ReadContexts;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backends;
import io.psycache.internal.entry.LoadTokens;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.entry.Removals;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.entry.View;
import io.psycache.internal.entry.Writes;
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
import io.psycache.internal.store.session.Target;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The parts of one cache in one database, which all its views share. */
final class Engine implements AutoCloseable {
    private static final Duration CLEANUP_TIMEOUT = Duration.ofSeconds(10);

    final LoadTokens tokens;
    final Reads reads;
    final Writes writes;
    final Removals removals;
    final Loads loads;
    private final StaleValues stale;
    final CacheInspection inspection;
    final Cleanup cleanup;

    /** Whether each thread may have another database. */
    final boolean isApart;

    private final Lanes lanes;
    private final @Nullable NearCopies near;
    private final Backends backends;

    /**
     * @param dataSource of the application's transactions
     * @param target gives the connections of everything else
     * @param callbacks where callers are told
     */
    Engine(
            DataSource dataSource,
            Target target,
            CacheSettings settings,
            ShownKeys shownKeys,
            Executor callbacks,
            CacheInstrumentation instrumentation,
            ReadContexts readContexts) {
        this.isApart = !target.isPool();
        this.lanes = new Lanes(
                "psycache-lane",
                settings.lanes(),
                isApart ? 1 : settings.maxBatch(),
                settings.timeout(),
                callbacks,
                instrumentation);
        CacheTables tables = new CacheTables(settings.schema(), settings.table());
        Sessions sessions = new Sessions(dataSource, target.dataSource(), settings.timeout());
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
                new MaintenanceStore(target.dataSource(), tables, CLEANUP_TIMEOUT),
                settings.cleanupBatchSize(),
                settings.logRetention());
        this.inspection = new DefaultCacheInspection(
                new ContentsStore(target.dataSource(), tables, settings.timeout()),
                backends,
                near,
                settings,
                shownKeys);
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

    /** {@link #told} for a call with a loader, which must run on the caller's thread where others may have another tenant. */
    Backend loading(View view) {
        return view.isPartitioned() && !isApart ? backends.attached(view.access()) : told(view);
    }

    /** @param bytes that copies of entries may take from now on */
    void resizeNear(long bytes) {
        if (near != null) {
            near.resize(bytes);
        }
    }

    @Override
    public void close() {
        tokens.close();
        backends.close();
        lanes.close();
        if (near != null) {
            near.clear();
        }
    }
}
