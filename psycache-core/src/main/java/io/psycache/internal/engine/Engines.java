package io.psycache.internal.engine;

import io.psycache.CacheInspection;
import io.psycache.CachePartition;
import io.psycache.CacheSettings;
import io.psycache.CacheSettings.Partition;
import io.psycache.ReadContexts;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.CompositeInstrumentation;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.Arguments;
import io.psycache.internal.backend.Backends;
import io.psycache.internal.backend.TransactionMark;
import io.psycache.internal.entry.ShownKeys;
import io.psycache.internal.entry.View;
import io.psycache.internal.store.maintenance.Cleanup;
import io.psycache.internal.store.session.Target;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * The databases of one cache: an {@link Engine} for each that the data source has for some thread. Engines share nothing but observers
 * and the threads that tell callers, so what is stored in one database can't reach a caller of another.
 */
public final class Engines implements AutoCloseable {
    private static final Log LOG = LogFactory.getLog(Engines.class);

    /** Until a target is asked again whether it is a standby, if it has not answered. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    final CacheSettings settings;
    private final DataSource dataSource;
    private final @Nullable CachePartition partition;
    private final ReadContexts readContexts;
    private final ShownKeys shownKeys;
    private final CacheInstrumentation instrumentation;
    private final Executor callbacks;
    final Cleanups cleanups;
    private final ConcurrentMap<Target, Engine> byTarget = new ConcurrentHashMap<>();
    private final ConcurrentMap<Target, Long> unasked = new ConcurrentHashMap<>();
    private final TransactionMark ofTransaction = new TransactionMark();
    private final boolean isRouted;
    private final @Nullable Engine only;

    /**
     * @param partition null = all threads have the same entries of a database
     * @param asyncExecutor where callers are told; null = threads of the cache
     */
    public Engines(
            DataSource dataSource,
            CacheSettings settings,
            @Nullable CachePartition partition,
            @Nullable Executor asyncExecutor,
            List<CacheInstrumentation> instrumentations,
            ReadContexts readContexts) {
        this.dataSource = dataSource;
        this.settings = settings;
        this.partition = partition;
        this.readContexts = readContexts;
        this.shownKeys = new ShownKeys(settings.hashKeys());
        CacheInstrumentation observers = new CompositeInstrumentation(instrumentations);
        this.instrumentation = settings.hashKeys() ? new KeyHashingInstrumentation(observers) : observers;
        this.callbacks = asyncExecutor == null ? new Callbacks() : asyncExecutor;
        this.isRouted = settings.partition() == Partition.AUTO && Target.isRouted(dataSource);
        this.only = isRouted ? null : engine(target(settings.partition()));
        this.cleanups = new Cleanups(
                this::everywhere, () -> inspection().contents(), only != null && only.isApart, instrumentation);
        instrumentation.bindNear(() -> inspection().near());
        instrumentation.bindBreaker(() -> inspection().breaker());
    }

    private Target target(Partition partition) {
        return switch (partition) {
            case SINGLE -> new Target(dataSource, true);
            case THREAD -> new Target(dataSource, false);
            case AUTO -> new Target(dataSource, Target.of(dataSource).isPool());
        };
    }

    private Engine engine(Target target) {
        Engine known = byTarget.get(target);
        return known != null && !isToBeAsked(target) ? known : added(target);
    }

    private boolean isToBeAsked(Target target) {
        Long asked = unasked.get(target);
        return asked != null && System.nanoTime() - asked > PAUSE_NANOS;
    }

    private Engine added(Target target) {
        Target primary = isRouted ? primary(target) : target;
        if (primary == null) {
            throw new DataAccessResourceFailureException(
                    "The database of this thread is a standby, which has no cached entries, and the data source has no target for its"
                            + " primary");
        }
        return added(target, primary);
    }

    /**
     * A standby has the engine of its primary. A target that does not answer whether it is one has an engine of its own for now, whose
     * statements fail or not: an eviction must be tried.
     */
    private @Nullable Target primary(Target target) {
        try {
            Target primary = Target.primary(target, dataSource, settings.timeout());
            unasked.remove(target);
            return primary;
        } catch (DataAccessException e) {
            unasked.put(target, System.nanoTime());
            return target;
        }
    }

    /** The bound on copies is one for the process. */
    private synchronized Engine added(Target target, Target primary) {
        Engine engine = byTarget.computeIfAbsent(primary, this::create);
        Engine replaced = byTarget.put(target, engine);
        Collection<Engine> all = used();
        all.forEach(each -> each.resizeNear(settings.nearMaximumSize() / all.size()));
        if (replaced != null && replaced != engine) {
            replaced.close();
        }
        return engine;
    }

    private Engine create(Target target) {
        if (settings.partition() == Partition.AUTO && !target.isPool()) {
            LOG.warn("psycache does not know whether "
                    + target.dataSource().getClass().getName()
                    + " connects every thread to the same database. To be safe each thread sends its own statements, without copies,"
                    + " background loads, or loads that callers share. If there is one database, set psycache.partition=single; else"
                    + " set psycache.partition=thread to confirm.");
        }
        return new Engine(
                dataSource,
                target,
                settings,
                shownKeys,
                callbacks,
                instrumentation,
                isRouted ? new OwnContexts(target) : readContexts);
    }

    /** The engine of the calling thread. @throws DataAccessResourceFailureException if there is no database for it */
    Engine current() {
        return only != null ? only : engine(currentTarget());
    }

    private Target currentTarget() {
        try {
            return Backends.asWriter(() -> Target.of(dataSource));
        } catch (RuntimeException e) { // of the application's router
            throw new DataAccessResourceFailureException(
                    "The cache has no database for this thread, since the data source chose none: " + e.getMessage(),
                    e);
        }
    }

    /** The engines that this process has used. */
    private Collection<Engine> used() {
        return Set.copyOf(byTarget.values());
    }

    /**
     * A view as the calling thread has it.
     *
     * @throws DataAccessResourceFailureException if the application can't tell its partition, or it is another one than that of the
     *     transaction
     */
    View here(View view) {
        return partition == null ? view : view.in(currentPartition(partition));
    }

    private String currentPartition(CachePartition partition) {
        String name;
        try {
            name = partition.current();
        } catch (RuntimeException e) { // of the application
            throw new DataAccessResourceFailureException(
                    "The cache has no partition for this thread: " + e.getMessage(), e);
        }
        if (!Backends.isSameInTransaction(ofTransaction, Arguments.partition(name))) {
            throw new DataAccessResourceFailureException(
                    "The partition of the cache is '" + name
                            + "' now, but another one at the first call in this transaction, whose connection may be that of the other tenant");
        }
        return name;
    }

    /** Whether threads have different entries, so that what one has looked up must be put for it. */
    boolean isPartitioned() {
        return isRouted || partition != null;
    }

    /** The view without tags and name. */
    View view() {
        return new View(List.of(), null, null, settings.options(), shownKeys, isRouted, "");
    }

    CacheInspection inspection() {
        return only != null
                ? only.inspection
                : new RoutedInspection(
                        settings,
                        () -> used().stream().map(engine -> engine.inspection).toList());
    }

    /** Whether what this thread loads from now on is not older than a lookup that another thread makes for it now. */
    boolean isFresh() {
        return !readContexts.bound().containsValue(false);
    }

    /** Counts a loaded value that is not stored. */
    void skip(View view, String key, SkipReason reason) {
        try (Span span = instrumentation.startSpan(Operation.PUT, List.of(key), view.spanName())) {
            span.recordSkipped(reason);
        }
    }

    /** Those of all targets that can be reached. */
    private List<Cleanup> everywhere() {
        if (isRouted) {
            Target.writable(dataSource, settings.timeout()).forEach(target -> engine(Target.of(target)));
        }
        return used().stream().map(engine -> engine.cleanup).toList();
    }

    @Override
    public void close() {
        cleanups.close();
        used().forEach(Engine::close);
        if (callbacks instanceof Callbacks own) {
            own.shutdown();
        }
    }

    /** The contexts that open while the data source has {@code target} for their thread. */
    private final class OwnContexts implements ReadContexts {
        private final Target target;

        private OwnContexts(Target target) {
            this.target = target;
        }

        @Override
        public Map<?, Boolean> bound() {
            return readContexts.bound();
        }

        @Override
        public @Nullable Runnable onOpen(Consumer<Object> listener) {
            return readContexts.onOpen(context -> {
                if (isCurrent()) {
                    listener.accept(context);
                }
            });
        }

        /** A context for which the router has no database yet gets no token. */
        private boolean isCurrent() {
            try {
                return byTarget.get(currentTarget()) == byTarget.get(target);
            } catch (DataAccessResourceFailureException e) {
                return false;
            }
        }
    }
}
