package io.psycache.internal.load;

import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Source;
import io.psycache.LoadOutcome.Storage;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.entry.Removals;
import io.psycache.internal.entry.Writes;
import io.psycache.internal.load.LoadedValues.Stored;
import io.psycache.internal.load.SingleFlight.CircleException;
import io.psycache.internal.store.Token;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Get or load: one load per key in this process and, by {@link Leases}, in all of them. */
public final class Loads {
    private final Reads reads;
    private final LoadedValues values;
    private final StaleValues stale;
    private final Leases leases;
    private final LoadTimes times = new LoadTimes();
    private final Refresher refresher;
    private final SingleFlight<Load.Key> flights;

    /**
     * @param told for what no caller waits for
     * @param executor runs loads in the background, and tells callers that do not block
     */
    public Loads(
            Reads reads,
            Writes writes,
            Removals removals,
            StaleValues stale,
            Backend.Shared told,
            Executor executor,
            CacheInstrumentation instrumentation) {
        this.reads = reads;
        this.values = new LoadedValues(writes, told);
        this.stale = stale;
        this.leases = new Leases(told);
        this.flights = new SingleFlight<>(executor);
        this.refresher = new Refresher(
                (load, hit) -> loaded(load, hit, System.nanoTime(), () -> Reply.of(Optional.empty())),
                times,
                removals,
                executor,
                told,
                instrumentation);
    }

    /**
     * The value and how it came. It fails with {@link io.psycache.CacheLoadException} if the loader fails and no stale value may be
     * returned, and with {@link org.springframework.dao.DataAccessException} if the lookup does; then nothing was loaded.
     */
    public Reply<LoadOutcome> getOrLoad(Load load) {
        boolean mayBeStale = StaleValues.mayServe(load.backend(), load.view());
        long asked = System.nanoTime();
        Reply<LoadOutcome> outcome = Reply.until(() -> attempt(load, asked));
        return mayBeStale ? outcome.recover(failure -> insteadOf(failure, load)) : outcome;
    }

    private Reply<LoadOutcome> insteadOf(Throwable failure, Load load) {
        return load.isCancelled()
                ? Reply.failed(failure)
                : stale.insteadOf(failure, load.backend(), load.view(), List.of(load.key()), load.readAs())
                        .map(kept -> found(kept.get(0), null));
    }

    /** What {@code result} makes of {@link #getOrLoad}, as a future; cancelling it leaves the load to others. */
    public <T extends @Nullable Object> CompletableFuture<T> start(Load load, Function<LoadOutcome, T> result) {
        CompletableFuture<T> future = new CompletableFuture<>();
        getOrLoad(load.askedBy(future)).<T>map(result).complete(future);
        return future;
    }

    private Reply<Optional<LoadOutcome>> attempt(Load load, long asked) {
        return look(load)
                .then(found -> found.isHit() ? Reply.of(Optional.of(served(load, found))) : missed(load, found, asked));
    }

    /** In a transaction nothing is loaded in the background: it could not see what that sees. */
    private Reply<Found> look(Load load) {
        Backend.Shared shared = load.backend().shared();
        if (shared != null && load.view().isRefreshing()) {
            return reads.getAging(shared, load.view(), load.key(), load.readAs());
        }
        return load.backend().looksUp()
                ? reads.getOne(load.backend(), load.view(), load.key(), load.readAs())
                : Reply.of(Found.miss(load.key(), new Token.Skip(SkipReason.ASYNCHRONOUS)));
    }

    private LoadOutcome served(Load load, Found hit) {
        return found(hit, refresher.served(load, hit));
    }

    private static LoadOutcome found(Found hit, @Nullable CompletionStage<LoadOutcome> refresh) {
        return new LoadOutcome(
                hit.value(),
                Found.isLive(hit.remaining()) ? Source.HIT : Source.STALE,
                Storage.NONE,
                null,
                null,
                null,
                refresh);
    }

    /** Without a token callers that wait could not have what this one loads, and would load one after the other. */
    private Reply<Optional<LoadOutcome>> missed(Load load, Found miss, long asked) {
        Reply<Optional<Stored>> stored;
        if (load.backend().shared() == null) {
            stored = alone(load, miss);
        } else if (miss.skipped() == null) {
            stored = loaded(load, miss, asked, () -> alone(load, miss));
        } else if (miss.skipped() == SkipReason.BREAKER_OPEN && reads.tokens().isFresh()) {
            stored = unleased(load, miss, asked);
        } else {
            stored = alone(load, miss);
        }
        return stored.map(known -> known.map(loaded -> loaded.outcome().withUnreadable(miss.unreadable())));
    }

    private Reply<Optional<Stored>> alone(Load load, Found miss) {
        return times.measured(load)
                .recover(failure -> Reply.failed(load.failure(failure)))
                .map(value -> Optional.of(values.store(load, miss, value, null)));
    }

    /** What one of the callers in this process loads while the database does not answer. Nothing is stored. */
    private Reply<Optional<Stored>> unleased(Load load, Found miss, long asked) {
        return together(
                load,
                asked,
                () -> times.measured(load),
                value -> values.store(load, miss, value, null).ofNow(),
                () -> alone(load, miss));
    }

    /** What one of the callers in this process loads. @param seen a miss or, to load again, a hit @param otherwise where it can't wait */
    private Reply<Optional<Stored>> loaded(
            Load load, Found seen, long asked, Supplier<Reply<Optional<Stored>>> otherwise) {
        return together(
                load,
                asked,
                () -> new LeasedLoad(reads, leases, times, load, seen).call(),
                loaded -> loaded.store(values),
                otherwise);
    }

    private <L extends @Nullable Object> Reply<Optional<Stored>> together(
            Load load,
            long asked,
            Supplier<Reply<L>> loading,
            Function<L, Stored> store,
            Supplier<Reply<Optional<Stored>>> otherwise) {
        return flights.run(load.loadKey(), load.backend().pace(), asked, load::ifCancelled, loading, store)
                .recover(failure -> {
                    if (failure instanceof InterruptedException) {
                        Thread.currentThread().interrupt();
                        return otherwise.get();
                    }
                    return failure instanceof CircleException ? otherwise.get() : Reply.failed(load.explained(failure));
                });
    }
}
