package io.psycache.spring;

import io.psycache.CacheRegion.Lookup;
import io.psycache.CacheUnavailableException;
import io.psycache.CacheValueException;
import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Source;
import io.psycache.instrumentation.SkipReason;
import io.psycache.internal.RareWarning;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.support.SimpleValueWrapper;
import org.springframework.dao.DataAccessException;
import org.springframework.util.StringUtils;

/**
 * Counts and logs what the operations of one cache come to, and applies its {@link FailurePolicy}: a value's problem is logged once, a
 * failure of the database at most once in 10 seconds per cause.
 */
final class CacheOutcomes {
    private static final int MOST_VALUE_PROBLEMS = 1_000;

    private final String cacheName;
    private final FailurePolicy failurePolicy;
    private final Log log;
    private final RareWarning failures;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final PostgresCacheStatistics statistics = new PostgresCacheStatistics();

    CacheOutcomes(String cacheName, FailurePolicy failurePolicy, Log log) {
        this.cacheName = cacheName;
        this.failurePolicy = failurePolicy;
        this.log = log;
        this.failures = new RareWarning(log);
    }

    PostgresCacheStatistics statistics() {
        return statistics;
    }

    /** A method uses the cache and hands over no loader. */
    void noLoader() {
        warnOnce(
                "no loader",
                "has settings that need a loader (stale-while-revalidate, stale-if-error, early-refresh), and a @Cacheable method"
                        + " without sync = true that uses it hands over none: its callers load expired values themselves");
    }

    /** Whether a failing get is to be an error of the application's. */
    boolean arePropagated() {
        return failurePolicy == FailurePolicy.PROPAGATE;
    }

    /** What a get fails with that was not sent, where its failure is to propagate. */
    CacheUnavailableException unavailable() {
        return new CacheUnavailableException("Cache '" + cacheName
                + "': the get was not sent, since the circuit breaker is open. It closes once PostgreSQL answers");
    }

    /** The value of a hit; null for a miss. */
    @Nullable ValueWrapper found(Lookup lookup) {
        unreadable(lookup.unreadable());
        got(lookup.isHit());
        return lookup.isHit() ? new SimpleValueWrapper(lookup.value()) : null;
    }

    private void got(boolean hit) {
        (hit ? statistics.hits : statistics.misses).increment();
    }

    /** Counts a value that was got or loaded. @return the value */
    @Nullable Object gotOrLoaded(LoadOutcome outcome) {
        unreadable(outcome.unreadable());
        got(outcome.source() != Source.LOADED);
        loaded(outcome);
        if (outcome.refresh() != null) {
            outcome.refresh().thenAccept(this::loaded);
        }
        return outcome.value();
    }

    private void loaded(LoadOutcome outcome) {
        switch (outcome.storage()) {
            case NONE -> {}
            case STORED -> stored(true);
            case FENCED, DROPPED -> stored(false);
            case SKIPPED -> {
                if (outcome.skipped() != null) {
                    skipped(outcome.skipped());
                }
            }
            case UNSTORABLE -> {
                if (outcome.problem() != null) {
                    unstorable(outcome.problem());
                }
            }
        }
    }

    /** @throws RuntimeException {@code failure}, where it is to propagate */
    void getFailed(RuntimeException failure) {
        statistics.misses.increment();
        failed("get", failure);
    }

    /** A value is not stored, whatever it is. */
    void skipped(SkipReason reason) {
        stored(false);
        if (reason.cure() != null) {
            warnOnce(
                    "skip " + reason,
                    "does not store what a method returned, because " + reason.words() + ". " + reason.cure()
                            + " psycache.puts.skipped counts these values");
        }
    }

    void stored(boolean stored) {
        (stored ? statistics.puts : statistics.skippedPuts).increment();
    }

    /** @throws RuntimeException {@code reason}, where it is not about the value or the database, or is to propagate */
    void notStored(RuntimeException reason) {
        if (reason instanceof CacheValueException problem) {
            unstorable(problem);
        } else if (reason instanceof DataAccessException) {
            statistics.skippedPuts.increment();
            failed("put", reason);
        } else {
            throw reason;
        }
    }

    private void failed(String operation, RuntimeException failure) {
        String cause = failure.getClass().getSimpleName();
        statistics.recordFailure(cause);
        if (failurePolicy == FailurePolicy.PROPAGATE) {
            throw failure;
        }
        failures.warn(
                cause,
                "Cache '" + cacheName + "': " + operation + " failed and the application goes on without it",
                failure);
    }

    private void unreadable(@Nullable CacheValueException problem) {
        if (problem != null) {
            statistics.unreadable.increment();
            String type = shown(problem.getTypeName());
            warnOnce(
                    "get " + type,
                    "has entries that can't be read as " + type + ", which count as misses: " + problem.getReason());
        }
    }

    private void unstorable(CacheValueException problem) {
        statistics.skippedPuts.increment();
        String type = shown(problem.getTypeName());
        warnOnce(
                "put " + type + " " + problem.getReason(),
                "does not cache values of " + type + ": " + problem.getReason());
    }

    /** A stored name is anybody's text. */
    private static String shown(String typeName) {
        return StringUtils.truncate(typeName, 200).replaceAll("\\p{Cntrl}", "?");
    }

    private void warnOnce(String problem, String message) {
        if (seen.size() < MOST_VALUE_PROBLEMS && seen.add(problem)) {
            log.warn("Cache '" + cacheName + "' " + message);
        }
    }
}
