package io.psycache;

import io.psycache.lane.SingleFlight;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One load by one of the callers in this process, while other processes wait for it, or it for one of theirs. What another
 * process has stored was current when it was read, which tells nothing to callers in this process that came later, so it is not
 * shared: they look themselves. Used once.
 */
final class LeasedLoad {
    private final Leases leases;
    private final LoadedValues values;
    private final Load load;
    private final FoundEntry miss;
    private volatile @Nullable Turn turn;
    private volatile boolean ended;

    LeasedLoad(Leases leases, LoadedValues values, Load load, FoundEntry miss) {
        this.leases = leases;
        this.values = values;
        this.load = load;
        this.miss = miss;
    }

    @Nullable Object call() throws Exception {
        Turn own = leases.await(load, miss);
        turn = own;
        return own.found().isHit() ? own.found().value() : load.loader().call();
    }

    /** @return whether those who wait in this process may have the value */
    boolean store(@Nullable Object value) {
        FoundEntry found = turn().found();
        return !found.isHit() && values.store(load, found, value);
    }

    /** {@link #call} that returns at once. */
    CompletionStage<?> start() {
        return leases.awaitAsync(load, miss).thenCompose(own -> {
            turn = own;
            if (ended) { // cancelled meanwhile
                end();
                return CompletableFuture.failedFuture(new CancellationException());
            }
            return started(own.found());
        });
    }

    private CompletionStage<@Nullable Object> started(FoundEntry found) {
        return found.isHit()
                ? CompletableFuture.completedFuture(found.value())
                : SingleFlight.begun(load.stage()).thenApply(value -> value);
    }

    /** {@link #store}, which blocks nobody. */
    CompletionStage<Boolean> storeAsync(@Nullable Object value) {
        FoundEntry found = turn().found();
        return found.isHit() ? CompletableFuture.completedFuture(false) : values.storeAsync(load, found, value);
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
