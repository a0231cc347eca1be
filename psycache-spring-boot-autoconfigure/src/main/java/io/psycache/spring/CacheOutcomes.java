package io.psycache.spring;

import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheValueException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.dao.DataAccessException;

/** Counts and logs what the operations of one cache come to, and applies its {@link FailurePolicy}. */
final class CacheOutcomes {
    private final PostgresCacheStatistics statistics = new PostgresCacheStatistics();
    private final ProblemLog log;
    private final FailurePolicy failurePolicy;

    CacheOutcomes(String cacheName, FailurePolicy failurePolicy) {
        this.log = new ProblemLog(cacheName);
        this.failurePolicy = failurePolicy;
    }

    PostgresCacheStatistics statistics() {
        return statistics;
    }

    /** A method uses the cache whose values it can't load in the background. */
    void notRefreshed() {
        log.notRefreshed();
    }

    /** The value of a hit; null for a miss. */
    @Nullable ValueWrapper found(Lookup lookup) {
        CacheValueException unreadable = lookup.unreadable();
        if (unreadable != null) {
            unreadable(unreadable);
        }
        got(lookup.isHit());
        return lookup.isHit() ? new SimpleValueWrapper(lookup.value()) : null;
    }

    private void got(boolean hit) {
        if (hit) {
            statistics.recordHit();
        } else {
            statistics.recordMiss();
        }
    }

    void gotOrLoaded(TrackedLoader loader) {
        got(!loader.isCalled());
        if (loader.isStored()) {
            statistics.recordPut();
        } else if (loader.isFenced()) {
            statistics.recordSkippedPut();
        }
    }

    /** @throws RuntimeException {@code failure}, where it is to propagate */
    void getFailed(RuntimeException failure) {
        statistics.recordMiss();
        failed("get", failure);
    }

    /** @throws RuntimeException {@code reason}, where it is not about the value or the database, or is to propagate */
    void notStored(RuntimeException reason) {
        if (reason instanceof CacheValueException unstorable) {
            unstorable(unstorable);
        } else if (reason instanceof DataAccessException) {
            putFailed(reason);
        } else {
            throw reason;
        }
    }

    void putFailed(RuntimeException failure) {
        statistics.recordSkippedPut();
        failed("put", failure);
    }

    private void failed(String operation, RuntimeException failure) {
        String cause = failure.getClass().getSimpleName();
        statistics.recordFailure(cause);
        if (failurePolicy == FailurePolicy.PROPAGATE) {
            throw failure;
        }
        log.failed(operation, cause, failure);
    }

    /** @param put whether the value was stored, or will be */
    void put(BooleanSupplier put) {
        try {
            stored(put.getAsBoolean());
        } catch (CacheValueException e) {
            unstorable(e);
        } catch (DataAccessException e) {
            putFailed(e);
        }
    }

    /** {@link #put} of what is only begun here. What fails later is told to nobody, under either failure policy. */
    void putAsync(Supplier<CompletableFuture<Boolean>> put) {
        try {
            put.get().whenComplete((stored, failure) -> put(() -> result(stored, failure)));
        } catch (CacheValueException e) {
            unstorable(e);
        }
    }

    private static boolean result(@Nullable Boolean stored, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        return Boolean.TRUE.equals(stored);
    }

    void stored(boolean stored) {
        if (stored) {
            statistics.recordPut();
        } else {
            statistics.recordSkippedPut();
        }
    }

    void unreadable(CacheValueException reason) {
        statistics.recordUnreadable();
        log.unreadable(reason);
    }

    void unstorable(CacheValueException reason) {
        statistics.recordSkippedPut();
        log.unstorable(reason);
    }
}
