package io.psycache.internal.load;

import io.psycache.internal.RareWarning;
import io.psycache.internal.backend.Backend;
import io.psycache.internal.backend.Backend.Shared.LeaseAnswer;
import io.psycache.internal.backend.Pace;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Reads;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.commons.logging.LogFactory;
import org.springframework.dao.DataAccessException;

/**
 * One load per key at a time in all processes on one table. A caller that does not get the lease looks now and then whether there is a
 * value, or whether the lease is free; no connection is held meanwhile. Leases save loads and nothing else depends on them, so
 * where the database fails the caller loads without. Thread-safe.
 */
final class Leases {
    private final RareWarning warning = new RareWarning(LogFactory.getLog(Leases.class));
    private final Reads reads;
    private final Backend.Shared told;
    private final ConcurrentMap<String, Thread> loading = new ConcurrentHashMap<>();

    /** @param told releases leases */
    Leases(Reads reads, Backend.Shared told) {
        this.reads = reads;
        this.told = told;
    }

    /** Waits for the lease to load. A thread that loads the key already, as something else, does not wait for itself. */
    Reply<LeaseAttempt> await(Load load, LeaseAttempt attempt) {
        if (isNotLeased(attempt) || loading.get(attempt.key()) == Thread.currentThread()) {
            return Reply.of(attempt);
        }
        return Reply.<LeaseAttempt>until(
                        () -> load.shared().take(attempt.request()).then(answer -> next(load, attempt, answer)))
                .recover(failure -> withoutLease(attempt, failure))
                .map(decided -> noted(load, decided));
    }

    private static boolean isNotLeased(LeaseAttempt attempt) {
        return attempt.request().time().isZero();
    }

    private Reply<Optional<LeaseAttempt>> next(Load load, LeaseAttempt attempt, LeaseAnswer answer) {
        if (attempt.mustWait(answer)) {
            return load.backend().pace().pause(attempt.pause()).map(passed -> Optional.empty());
        }
        return attempt.mustLook(answer)
                ? reads.getOne(load.backend(), load.view(), load.key(), load.readAs())
                        .map(found -> {
                            attempt.looked(found);
                            return decided(attempt);
                        })
                : Reply.of(decided(attempt));
    }

    private static Optional<LeaseAttempt> decided(LeaseAttempt attempt) {
        return attempt.isDecided() ? Optional.of(attempt) : Optional.empty();
    }

    private Reply<LeaseAttempt> withoutLease(LeaseAttempt attempt, Throwable failure) {
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return Reply.of(attempt);
        }
        if (failure instanceof DataAccessException) {
            warning.warn("A lease could not be taken: " + failure.getMessage());
            return Reply.of(attempt);
        }
        return Reply.failed(failure);
    }

    private LeaseAttempt noted(Load load, LeaseAttempt attempt) {
        if (attempt.isGranted() && load.backend().pace() == Pace.BLOCKING) {
            loading.put(attempt.key(), attempt.thread());
        }
        return attempt;
    }

    /** The lease to load again what was seen, if it is free and the entry is still there. Waits for nobody. */
    Reply<LeaseAttempt> tryOnce(Load load, LeaseAttempt attempt) {
        Reply<Boolean> taken = isNotLeased(attempt)
                ? Reply.of(true)
                : load.shared().take(attempt.request()).map(attempt::takes);
        return taken.then(mine -> mine
                        ? reads.getAging(load.shared(), load.view(), load.key(), load.readAs())
                                .map(found -> {
                                    attempt.looked(found);
                                    return attempt;
                                })
                        : Reply.of(attempt))
                .whenDone((looked, failure) -> {
                    if (failure != null) {
                        end(attempt);
                    }
                })
                .map(looked -> noted(load, looked));
    }

    /** Releases the lease, if the attempt has one; the caller does not wait for that. */
    void end(LeaseAttempt attempt) {
        if (attempt.isGranted()) {
            loading.remove(attempt.key(), attempt.thread());
            told.release(attempt.request().lease()).whenDone((done, failure) -> {
                if (failure != null) {
                    warning.warn("A lease could not be released, and expires: " + failure.getMessage());
                }
            });
        }
    }
}
