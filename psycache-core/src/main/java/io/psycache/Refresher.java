package io.psycache;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.RareWarning;
import io.psycache.internal.load.SingleFlight;
import io.psycache.internal.load.SingleFlight.CircleException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Loads again in the background what callers have just been served: what time has ended, and by chance what it soon will. One load
 * of a key at a time in this process and, by {@link Leases}, in all of them; whoever finds one under way does nothing. One that
 * stored nothing is not repeated for a second. Thread-safe.
 */
final class Refresher {
    private static final long PAUSE_MILLIS = 1_000;
    private static final String STORED = "stored";
    private static final String SKIPPED = "skipped";
    private static final String FAILED = "failed";

    private final Leases leases;
    private final LoadedValues values;
    private final Evictions evictions;
    private final SingleFlight<Flight> flights;
    private final Executor executor;
    private final CacheInstrumentation instrumentation;
    private final LoadTimes times = new LoadTimes();
    private final Set<Flight> underWay = ConcurrentHashMap.newKeySet();
    private final RareWarning warning = new RareWarning(LogFactory.getLog(Refresher.class));

    /** @param flights the loads that callers wait for, which a refresh takes part in */
    Refresher(
            Leases leases,
            LoadedValues values,
            Evictions evictions,
            SingleFlight<Flight> flights,
            Executor executor,
            CacheInstrumentation instrumentation) {
        this.leases = leases;
        this.values = values;
        this.evictions = evictions;
        this.flights = flights;
        this.executor = executor;
        this.instrumentation = instrumentation;
    }

    /** The load, which tells how long it takes where that needs to be known. */
    Load measured(Load load) {
        return load.view().refreshing().isEarly() ? times.measured(load) : load;
    }

    /** Begins to load {@code hit}, which is being served, again if it is time for that. */
    void served(Load load, FoundEntry hit) {
        begin(load, hit, refresh -> CompletableFuture.completedFuture(run(refresh)));
    }

    /** {@link #served} with a loader whose value comes later. */
    void servedAsync(Load load, FoundEntry hit) {
        begin(load, hit, this::start);
    }

    private void begin(Load load, FoundEntry hit, Function<Refresh, CompletableFuture<String>> way) {
        String reason = Refresh.reason(load.view().refreshing(), hit.remaining(), times.of(load));
        if (reason == null || !underWay.add(Flight.of(load))) {
            return;
        }
        load.view().refreshing().listener().begins();
        Refresh refresh = new Refresh(load, hit);
        inBackground(refresh, way)
                .whenComplete((result, failure) -> ended(refresh, reason, failure == null ? result : FAILED, failure));
    }

    private CompletableFuture<String> inBackground(Refresh refresh, Function<Refresh, CompletableFuture<String>> way) {
        try {
            return CompletableFuture.supplyAsync(() -> way.apply(refresh), executor)
                    .thenCompose(Function.identity());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private String run(Refresh refresh) {
        LeasedLoad leased = leased(refresh);
        try {
            flights.run(refresh.flight(), leased::call, leased::store);
            return refresh.result(leased);
        } catch (ExecutionException e) {
            throw EntryLoader.thrown(refresh.load(), e.getCause());
        } catch (CircleException e) {
            return SKIPPED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SKIPPED;
        } finally {
            leased.end();
            if (refresh.isObsolete()) {
                evictions.remove(refresh.load().view(), List.of(refresh.load().key()));
            }
        }
    }

    private LeasedLoad leased(Refresh refresh) {
        return new LeasedLoad(leases, values, refresh.load(), refresh.seen());
    }

    private CompletableFuture<String> start(Refresh refresh) {
        LeasedLoad leased = leased(refresh);
        CompletableFuture<String> loaded = flights.start(refresh.flight(), leased::start, leased::storeAsync)
                .thenApply(landed -> refresh.result(leased))
                .whenComplete((result, failure) -> leased.end());
        return loaded.handle((result, failure) -> refresh.isObsolete()
                        ? evictions
                                .removeAsync(
                                        refresh.load().view(),
                                        List.of(refresh.load().key()))
                                .thenCompose(removed -> loaded)
                        : loaded)
                .thenCompose(Function.identity());
    }

    private void ended(Refresh refresh, String reason, String result, @Nullable Throwable failure) {
        Load load = refresh.load();
        instrumentation.recordRefresh(reason, result, load.view().spanName());
        if (failure != null) {
            warning.warn(
                    "A value could not be loaded again in the background",
                    EntryLoader.failed(load, Futures.cause(failure)));
        }
        load.view().refreshing().listener().ended(result.equals(STORED));
        CompletableFuture.delayedExecutor(
                        result.equals(STORED) ? 0 : PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> underWay.remove(refresh.flight()));
    }
}
