package io.psycache.internal.load;

import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Storage;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Removals;
import io.psycache.internal.load.LoadedValues.Stored;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
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

    private final BiFunction<Load, Found, Reply<Optional<Stored>>> loads;
    private final Removals removals;
    private final Executor executor;
    private final Backend told;
    private final CacheInstrumentation instrumentation;
    private final LoadTimes times;
    private final Set<Load.Key> underWay = ConcurrentHashMap.newKeySet();
    private final RareWarning warning = new RareWarning(LogFactory.getLog(Refresher.class));

    /** @param loads what callers wait for, and a refresh takes part in; empty = another caller has it */
    Refresher(
            BiFunction<Load, Found, Reply<Optional<Stored>>> loads,
            LoadTimes times,
            Removals removals,
            Executor executor,
            Backend told,
            CacheInstrumentation instrumentation) {
        this.loads = loads;
        this.times = times;
        this.removals = removals;
        this.executor = executor;
        this.told = told;
        this.instrumentation = instrumentation;
    }

    /** Begins to load {@code hit}, which is being served, again if it is time for that. @return the outcome; null where it is not */
    @Nullable CompletionStage<LoadOutcome> served(Load load, Found hit) {
        String reason = reason(load.view().earlyRefresh(), hit.remaining(), times.of(load));
        if (reason == null || !underWay.add(load.loadKey())) {
            return null;
        }
        return inBackground(load.askedBy(null), hit)
                .whenComplete((outcome, failure) -> ended(load, reason, outcome, failure));
    }

    private CompletableFuture<LoadOutcome> inBackground(Load load, Found hit) {
        try {
            return CompletableFuture.supplyAsync(() -> refresh(load, hit).future(), executor)
                    .thenCompose(Function.identity());
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Reply<LoadOutcome> refresh(Load load, Found hit) {
        return loads.apply(load, hit)
                .then(landed -> landed.filter(stored -> stored.outcome().storage() != Storage.NONE)
                        .map(stored -> result(load, stored))
                        .orElseGet(() -> Reply.of(Stored.hit(hit.value()).outcome())));
    }

    private Reply<LoadOutcome> result(Load load, Stored loaded) {
        LoadOutcome outcome = loaded.outcome();
        if (outcome.problem() != null) {
            warning.warn("A value that was loaded again in the background can't be stored, so the old one is removed: "
                    + outcome.problem().getMessage());
        }
        return Reply.coming(loaded.storage().whenCompleteAsync((storage, failure) -> {}, executor))
                .then(storage -> stored(load, outcome.as(storage)));
    }

    private Reply<LoadOutcome> stored(Load load, LoadOutcome outcome) {
        return outcome.storage() == Storage.UNSTORABLE // so the old value is out of date
                ? removals.remove(told, load.view(), List.of(load.key())).map(removed -> outcome)
                : Reply.of(outcome);
    }

    private void ended(Load load, String reason, @Nullable LoadOutcome outcome, @Nullable Throwable failure) {
        String result = outcome == null ? "failed" : result(outcome.storage());
        instrumentation.recordRefresh(reason, result, load.view().spanName());
        if (failure != null) {
            warning.warn("A value could not be loaded again in the background", Reply.cause(failure));
        }
        CompletableFuture.delayedExecutor(
                        result.equals("stored") ? 0 : PAUSE_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(() -> underWay.remove(load.loadKey()));
    }

    /** In the words of {@link CacheInstrumentation#recordRefresh}. */
    private static String result(Storage storage) {
        return switch (storage) {
            case NONE -> "skipped";
            case STORED -> "stored";
            case FENCED, SKIPPED, DROPPED -> "fenced";
            case UNSTORABLE -> "removed";
        };
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
