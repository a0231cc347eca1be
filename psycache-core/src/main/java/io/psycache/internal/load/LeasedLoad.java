package io.psycache.internal.load;

import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Source;
import io.psycache.LoadOutcome.Storage;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One load by one of the callers in this process, under the lease of its key, or one load again of what is there. The lease is held
 * until the value is stored behind the caller. A value that another process has stored was current when it was read, which tells
 * nothing to callers in this process that came later, so it is not shared: they look themselves. Used once.
 */
final class LeasedLoad {
    private final Leases leases;
    private final LoadedValues values;
    private final Load load;
    private final Found seen;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable LeaseAttempt attempt;
    private volatile @Nullable LoadOutcome outcome;
    private volatile CompletableFuture<Storage> storage = CompletableFuture.completedFuture(Storage.NONE);

    /** @param seen a miss or, to load again, a hit */
    LeasedLoad(Leases leases, LoadedValues values, Load load, Found seen) {
        this.leases = leases;
        this.values = values;
        this.load = load;
        this.seen = seen;
    }

    Reply<@Nullable Object> call() {
        LeaseAttempt own = new LeaseAttempt(load.key(), seen, load.view().lease());
        return (seen.isHit() ? leases.tryOnce(load, own) : leases.await(load, own))
                .then(this::load)
                .whenDone((value, failure) -> {
                    if (failure != null) {
                        end();
                    }
                });
    }

    private Reply<@Nullable Object> load(LeaseAttempt decided) {
        attempt = decided;
        if (ended.get()) { // cancelled meanwhile
            leases.end(decided);
            return Reply.failed(new CancellationException());
        }
        return decided.mustLoad()
                ? load.call()
                : Reply.<@Nullable Object>of(decided.found().value());
    }

    /** Stores what was loaded. @return whether callers that wait in this process may have the value */
    CompletableFuture<Boolean> store(@Nullable Object value) {
        LeaseAttempt decided = attempt;
        if (decided == null || !decided.mustLoad()) {
            outcome = new LoadOutcome(value, Source.HIT, Storage.NONE, null, null, null);
            end();
            return CompletableFuture.completedFuture(false);
        }
        LoadedValues.Stored stored = stored(decided, value);
        outcome = stored.outcome();
        storage = stored.storage();
        return stored.isCurrent().whenComplete((known, failure) -> end());
    }

    private LoadedValues.Stored stored(LeaseAttempt decided, @Nullable Object value) {
        try {
            return values.store(load, decided.found(), value);
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /** The outcome for the caller that has loaded; null for one that has waited. */
    @Nullable LoadOutcome outcome() {
        return outcome;
    }

    /** What becomes of what was loaded. */
    CompletableFuture<Storage> storage() {
        return storage;
    }

    /** Releases the lease. */
    void end() {
        if (ended.compareAndSet(false, true)) {
            LeaseAttempt own = attempt; // read after that: load() sets it first, and looks then whether this has ended
            if (own != null) {
                leases.end(own);
            }
        }
    }
}
