package io.psycache.spring;

import io.psycache.CacheValueException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/** Logs what went wrong in one cache: a value's problem once, a failure of the database at most once in 10 seconds per cause. */
final class ProblemLog {
    private static final Log LOG = LogFactory.getLog(PostgresCacheManager.class);
    private static final long SILENCE = TimeUnit.SECONDS.toNanos(10);
    private static final int MOST_VALUE_PROBLEMS = 1_000;

    private final String cacheName;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> lastLogged = new ConcurrentHashMap<>();

    ProblemLog(String cacheName) {
        this.cacheName = cacheName;
    }

    void unstorable(CacheValueException problem) {
        if (isNew("put " + problem.getTypeName() + " " + problem.getReason())) {
            LOG.warn("Cache '" + cacheName + "' does not cache values of " + problem.getTypeName() + ": "
                    + problem.getReason());
        }
    }

    void unreadable(CacheValueException problem) {
        if (isNew("get " + problem.getTypeName())) {
            LOG.warn("Cache '" + cacheName + "' has entries that can't be read as " + problem.getTypeName()
                    + ", which count as misses: " + problem.getReason());
        }
    }

    void failed(String operation, String cause, RuntimeException failure) {
        long now = System.nanoTime();
        Long logged = lastLogged.merge(cause, now, (last, next) -> next - last < SILENCE ? last : next);
        if (logged == now) {
            LOG.warn(
                    "Cache '" + cacheName + "': " + operation + " failed and the application goes on without it "
                            + "(logged at most once in 10 s per cause)",
                    failure);
        }
    }

    private boolean isNew(String problem) {
        return seen.size() < MOST_VALUE_PROBLEMS && seen.add(problem);
    }
}
