package io.psycache;

import io.psycache.Turn.Claim;
import io.psycache.internal.RareWarning;
import io.psycache.internal.store.LeaseStore.Lease;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.dao.DataAccessException;

/**
 * One load per key at a time in all processes on one table. Who does not get the lease looks now and then whether there is a
 * value, or whether the lease is free; no connection is held meanwhile. Leases save loads and nothing else depends on them, so
 * where the database fails the caller loads without. Thread-safe.
 */
final class Leases {
    private static final Log LOG = LogFactory.getLog(Leases.class);

    private final RareWarning warning = new RareWarning(LOG);
    private final EntryReader reader;
    private final Requests requests;
    private final ConcurrentMap<String, Thread> loading = new ConcurrentHashMap<>();

    Leases(EntryReader reader, Requests requests) {
        this.reader = reader;
        this.requests = requests;
    }

    /** Waits for the turn to load. A thread that loads the key already, as something else, does not wait for itself. */
    Turn await(Load load, FoundEntry miss) {
        Turn turn = new Turn(load.key(), miss, load.view().lease());
        if (load.view().lease().isZero() || loading.get(key(turn)) == Thread.currentThread()) {
            return turn;
        }
        try {
            acquire(load, turn);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (DataAccessException e) {
            failed("taken", e);
        }
        noteThread(turn);
        return turn;
    }

    private void noteThread(Turn turn) {
        if (turn.isLeased()) {
            loading.put(key(turn), Thread.currentThread());
        }
    }

    /** The turn to load again what was seen, if nobody else has it and it is still there. Waits for nobody. */
    Turn attempt(Load load, FoundEntry seen) {
        Turn turn = new Turn(load.key(), seen, load.view().lease());
        try {
            if (isFree(turn) || turn.takes(requests.leases.call(turn.wish()))) {
                turn.looked(reader.getAging(load.view(), load.key(), load.readAs()));
            }
        } catch (DataAccessException e) {
            end(turn);
            throw e;
        }
        noteThread(turn);
        return turn;
    }

    private static boolean isFree(Turn turn) {
        return turn.wish().time().isZero();
    }

    /** {@link #attempt}, which blocks nobody. */
    CompletableFuture<Turn> attemptAsync(Load load, FoundEntry seen) {
        Turn turn = new Turn(load.key(), seen, load.view().lease());
        CompletableFuture<Boolean> taken = isFree(turn)
                ? CompletableFuture.completedFuture(true)
                : Requests.started(requests.leases, turn.wish()).thenApply(turn::takes);
        return taken.thenCompose(mine -> mine ? lookAgain(load, turn) : CompletableFuture.completedFuture(turn))
                .whenComplete((looked, failure) -> {
                    if (failure != null) {
                        end(turn);
                    }
                });
    }

    private CompletableFuture<Turn> lookAgain(Load load, Turn turn) {
        return reader.getAgingAsync(load.view(), load.key(), load.readAs()).thenApply(turn::looked);
    }

    private void acquire(Load load, Turn turn) throws InterruptedException {
        do {
            Claim claim = requests.leases.call(turn.wish());
            if (turn.mustWait(claim)) {
                TimeUnit.NANOSECONDS.sleep(turn.pause());
            } else if (turn.mustLook(claim)) {
                turn.looked(reader.get(load.view(), load.key(), load.readAs()));
            }
        } while (!turn.isDecided());
    }

    /** {@link #await}, which blocks nobody. */
    CompletableFuture<Turn> awaitAsync(Load load, FoundEntry miss) {
        Turn turn = new Turn(load.key(), miss, load.view().lease());
        return load.view().lease().isZero()
                ? CompletableFuture.completedFuture(turn)
                : acquireAsync(load, turn)
                        .handle((acquired, failure) -> failure == null
                                ? CompletableFuture.completedFuture(acquired)
                                : withoutLease(turn, Futures.cause(failure)))
                        .thenCompose(Function.identity());
    }

    private CompletableFuture<Turn> withoutLease(Turn turn, Throwable failure) {
        if (failure instanceof DataAccessException database) {
            failed("taken", database);
            return CompletableFuture.completedFuture(turn);
        }
        return CompletableFuture.failedFuture(failure);
    }

    private CompletableFuture<Turn> acquireAsync(Load load, Turn turn) {
        return Requests.started(requests.leases, turn.wish())
                .thenCompose(claim -> turn.mustWait(claim)
                        ? new CompletableFuture<Turn>().completeOnTimeout(turn, turn.pause(), TimeUnit.NANOSECONDS)
                        : turn.mustLook(claim) ? look(load, turn) : CompletableFuture.completedFuture(turn))
                .thenCompose(
                        done -> turn.isDecided() ? CompletableFuture.completedFuture(turn) : acquireAsync(load, turn));
    }

    private CompletableFuture<Turn> look(Load load, Turn turn) {
        return reader.getAsync(load.view(), List.of(load.key()), load.readAs())
                .thenApply(found -> turn.looked(found.get(0)));
    }

    /** Gives up the lease, if the turn has one; its caller does not wait for that. */
    void end(Turn turn) {
        if (turn.isLeased()) {
            Lease lease = turn.wish().lease();
            loading.remove(lease.key(), Thread.currentThread());
            requests.releases.submit(lease, (done, failure) -> {
                if (failure != null) {
                    failed("released, and runs out", failure);
                }
            });
        }
    }

    private static String key(Turn turn) {
        return turn.wish().lease().key();
    }

    private void failed(String task, RuntimeException failure) {
        warning.warn("A lease could not be " + task + ": " + failure.getMessage());
    }
}
