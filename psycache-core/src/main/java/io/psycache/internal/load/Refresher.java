package io.psycache.internal.load;

import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Storage;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Removals;
import io.psycache.internal.load.SingleFlight.CircleException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Loads again in the background what callers have just been served: expired values, and by chance those that soon will be. One load
 * of a key at a time in this process and, by {@link Leases}, in all of them; a caller that finds one under way does nothing. One that
 * stored nothing is not repeated for a second. Thread-safe.
 */
final class Refresher {
    private static final long PAUSE_MILLIS = 1_000;

    private final Leases leases;
    private final LoadedValues values;
    private final Removals removals;
    private final SingleFlight<Load.Key> flights;
    private final Executor executor;
    private final Backend told;
    private final CacheInstrumentation instrumentation;
    private final LoadTimes times = new LoadTimes();
    private final Set<Load.Key> underWay = ConcurrentHashMap.newKeySet();
    private final RareWarning warning = new RareWarning(LogFactory.getLog(Refresher.class));

    /**
     * The outcome of a load in the background.
     *
     * @param result in the words of {@link CacheInstrumentation#recordRefresh}
     */
    private record Refreshed(LoadOutcome outcome, String result) {}

    /** @param flights the loads that callers wait for, which a refresh takes part in */
    Refresher(
            Leases leases,
            LoadedValues values,
            Removals removals,
            SingleFlight<Load.Key> flights,
            Executor executor,
            Backend told,
            CacheInstrumentation instrumentation) {
        this.leases = leases;
        this.values = values;
        this.removals = removals;
        this.flights = flights;
        this.executor = executor;
        this.told = told;
        this.instrumentation = instrumentation;
    }

    /** The load, which tells how long it takes where that needs to be known. */
    Load measured(Load load) {
        return load.view().earlyRefresh() > 0 ? times.measured(load) : load;
    }

    /** Begins to load {@code hit}, which is being served, again if it is time for that. @return the outcome; null where it is not */
    @Nullable CompletionStage<LoadOutcome> served(Load load, Found hit) {
        String reason = reason(load.view().earlyRefresh(), hit.remaining(), times.of(load));
        if (reason == null || !underWay.add(load.loadKey())) {
            return null;
        }
        return inBackground(load, hit)
                .whenComplete((refreshed, failure) -> ended(load, reason, refreshed, failure))
                .thenApply(Refreshed::outcome);
    }

    private CompletableFuture<Refreshed> inBackground(Load load, Found hit) {
        try {
            return CompletableFuture.supplyAsync(() -> refresh(load, hit).future(), executor)
                    .thenCompose(Function.identity());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Reply<Refreshed> refresh(Load load, Found hit) {
        LeasedLoad leased = new LeasedLoad(leases, values, load, hit);
        return flights.run(load.loadKey(), load.backend().pace(), null, leased::call, leased::store)
                .then(landed -> result(load, hit, leased))
                .recover(failure -> skipped(load, hit, failure));
    }

    private Reply<Refreshed> result(Load load, Found hit, LeasedLoad leased) {
        LoadOutcome outcome = leased.outcome();
        if (outcome == null || outcome.storage() == Storage.NONE) {
            return Reply.of(skipped(hit));
        }
        if (outcome.problem() != null) {
            warning.warn("A value that was loaded again in the background can't be stored, so the old one is removed: "
                    + outcome.problem().getMessage());
        }
        return Reply.coming(leased.storage().whenCompleteAsync((storage, failure) -> {}, executor))
                .then(storage -> stored(load, outcome.as(storage)));
    }

    private Reply<Refreshed> stored(Load load, LoadOutcome outcome) {
        return outcome.storage() == Storage.UNSTORABLE // so the old value is out of date
                ? removals.remove(told, load.view(), List.of(load.key()))
                        .map(removed -> new Refreshed(outcome, "removed"))
                : Reply.of(new Refreshed(outcome, outcome.storage() == Storage.STORED ? "stored" : "fenced"));
    }

    private static Refreshed skipped(Found hit) {
        return new Refreshed(
                new LoadOutcome(hit.value(), LoadOutcome.Source.HIT, Storage.NONE, null, null, null), "skipped");
    }

    private static Reply<Refreshed> skipped(Load load, Found hit, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return Reply.of(skipped(hit));
        }
        return failure instanceof CircleException ? Reply.of(skipped(hit)) : Reply.failed(load.explained(failure));
    }

    private void ended(Load load, String reason, @Nullable Refreshed refreshed, @Nullable Throwable failure) {
        String result = refreshed == null ? "failed" : refreshed.result;
        instrumentation.recordRefresh(reason, result, load.view().spanName());
        if (failure != null) {
            warning.warn("A value could not be loaded again in the background", Reply.cause(failure));
        }
        CompletableFuture.delayedExecutor(
                        result.equals("stored") ? 0 : PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> underWay.remove(load.loadKey()));
    }

    /**
     * Why an entry with this time left is to be loaded again: {@code stale} or {@code early}; null = it is not.
     *
     * @param beta as of {@link #isEarly}
     * @param remaining null = it never expires
     * @param usualNanos how long a load takes, in nanoseconds
     */
    static @Nullable String reason(double beta, @Nullable Duration remaining, long usualNanos) {
        if (remaining == null) {
            return null;
        }
        if (!Found.isLive(remaining)) {
            return "stale";
        }
        double random = ThreadLocalRandom.current().nextDouble();
        return isEarly(remaining, usualNanos, beta, 1 - random) ? "early" : null;
    }

    /**
     * Whether to load before the entry expires: the closer that is, the more probably, so that of many callers about one does. Vattani,
     * Chierichetti, Lowenstein, "Optimal Probabilistic Cache Stampede Prevention", VLDB 2015, algorithm XFetch.
     *
     * @param beta 1 is the paper's choice, more is earlier
     * @param random from 0, exclusive, to 1
     */
    static boolean isEarly(Duration remaining, long usualNanos, double beta, double random) {
        return usualNanos * beta * -Math.log(random) / 1e9 >= remaining.toNanos() / 1e9;
    }
}
