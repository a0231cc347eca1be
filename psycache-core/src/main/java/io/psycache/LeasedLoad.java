package io.psycache;

import io.psycache.internal.load.SingleFlight;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One load by one of the callers in this process, while other processes wait for it, or it for one of theirs. What another
 * process has stored was current when it was read, which tells nothing to callers in this process that came later, so it is not
 * shared: they look themselves. Or one load again of what is there, where nobody waits for anybody. Used once.
 */
final class LeasedLoad {
    private final Leases leases;
    private final LoadedValues values;
    private final Load load;
    private final FoundEntry seen;
    private volatile @Nullable Turn turn;
    private volatile boolean current;
    private volatile boolean ended;

    /** @param seen a miss or, to load again, a hit */
    LeasedLoad(Leases leases, LoadedValues values, Load load, FoundEntry seen) {
        this.leases = leases;
        this.values = values;
        this.load = load;
        this.seen = seen;
    }

    @Nullable Object call() throws Exception {
        Turn own = seen.isHit() ? leases.attempt(load, seen) : leases.await(load, seen);
        turn = own;
        return own.mustLoad() ? load.loader().call() : own.found().value();
    }

    /** @return whether those who wait in this process may have the value */
    boolean store(@Nullable Object value) {
        current = turn().mustLoad() && values.store(load, turn().found(), value);
        return current;
    }

    /** Whether something was loaded, and not found. */
    boolean isLoaded() {
        Turn own = turn;
        return own != null && own.mustLoad();
    }

    /** Whether what was loaded is current, and stored if it can be. */
    boolean isCurrent() {
        return current;
    }

    /** {@link #call} that returns at once. */
    CompletionStage<?> start() {
        CompletableFuture<Turn> coming = seen.isHit() ? leases.attemptAsync(load, seen) : leases.awaitAsync(load, seen);
        return coming.thenCompose(own -> {
            turn = own;
            if (ended) { // cancelled meanwhile
                end();
                return CompletableFuture.failedFuture(new CancellationException());
            }
            return started(own);
        });
    }

    private CompletionStage<@Nullable Object> started(Turn own) {
        return own.mustLoad()
                ? SingleFlight.begun(load.stage()).thenApply(value -> value)
                : CompletableFuture.completedFuture(own.found().value());
    }

    /** {@link #store}, which blocks nobody. */
    CompletionStage<Boolean> storeAsync(@Nullable Object value) {
        return turn().mustLoad()
                ? values.storeAsync(load, turn().found(), value).thenApply(this::noted)
                : CompletableFuture.completedFuture(false);
    }

    private boolean noted(boolean isCurrent) {
        current = isCurrent;
        return isCurrent;
    }

    private Turn turn() {
        return Objects.requireNonNull(turn, "nothing was loaded");
    }

    /** To be called when all is done, however it ended. */
    void end() {
        ended = true;
        Turn own = turn;
        if (own != null) {
            leases.end(own);
        }
    }
}
