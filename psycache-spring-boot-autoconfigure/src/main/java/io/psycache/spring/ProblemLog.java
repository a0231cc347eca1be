package io.psycache.spring;

import io.psycache.CacheValueException;
import io.psycache.internal.RareWarning;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.util.StringUtils;

/** Logs what went wrong in one cache: a value's problem once, a failure of the database at most once in 10 seconds per cause. */
final class ProblemLog {
    private static final Log LOG = LogFactory.getLog(PostgresCacheManager.class);
    private static final int MOST_VALUE_PROBLEMS = 1_000;

    private final String cacheName;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final RareWarning failures = new RareWarning(LOG);

    ProblemLog(String cacheName) {
        this.cacheName = cacheName;
    }

    void unstorable(CacheValueException problem) {
        if (isNew("put " + type(problem) + " " + problem.getReason())) {
            LOG.warn(
                    "Cache '" + cacheName + "' does not cache values of " + type(problem) + ": " + problem.getReason());
        }
    }

    void unreadable(CacheValueException problem) {
        if (isNew("get " + type(problem))) {
            LOG.warn("Cache '" + cacheName + "' has entries that can't be read as " + type(problem)
                    + ", which count as misses: " + problem.getReason());
        }
    }

    void notRefreshed() {
        if (seen.add("not refreshed")) {
            LOG.warn(
                    "Cache '" + cacheName
                            + "' is to load values in the background (stale-while-revalidate, early-refresh), which it"
                            + " can't do for a @Cacheable method without sync = true that uses it: its callers load expired values themselves");
        }
    }

    void failed(String operation, String cause, RuntimeException failure) {
        failures.warn(
                cause,
                "Cache '" + cacheName + "': " + operation + " failed and the application goes on without it",
                failure);
    }

    /** A stored name is anybody's text. */
    private static String type(CacheValueException problem) {
        return StringUtils.truncate(problem.getTypeName(), 200).replaceAll("\\p{Cntrl}", "?");
    }

    private boolean isNew(String problem) {
        return seen.size() < MOST_VALUE_PROBLEMS && seen.add(problem);
    }
}
