package io.psycache.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Results of the operations of one cache since the manager was built, in this process. Thread-safe. */
public final class PostgresCacheStatistics {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder puts = new LongAdder();
    final LongAdder skippedPuts = new LongAdder();
    final LongAdder unreadable = new LongAdder();
    final LongAdder evictions = new LongAdder();
    private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

    PostgresCacheStatistics() {}

    public long getHits() {
        return hits.sum();
    }

    /** Gets that found nothing, nothing readable, or failed under {@link FailurePolicy#MISS}. */
    public long getMisses() {
        return misses.sum();
    }

    /** The share of gets that were hits, from 0 to 1; null before the first get. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public @Nullable Double getHitRatio() {
        long found = getHits();
        long gets = found + getMisses();
        return gets == 0 ? null : (double) found / gets;
    }

    /** Puts stored. One after a commit or a synchronized load may still be refused because its value was invalidated. */
    public long getPuts() {
        return puts.sum();
    }

    /**
     * Puts that were not made: the value can't be stored or was invalidated since it was loaded, the get before it or the put
     * itself failed, or nothing told that the value is fresh, as in a persistence context that had read before.
     */
    public long getSkippedPuts() {
        return skippedPuts.sum();
    }

    /** Misses because the stored value could not be read as the type asked for; {@link #getMisses()} counts them too. */
    public long getUnreadable() {
        return unreadable.sum();
    }

    /** Evictions of keys, and clears. */
    public long getEvictions() {
        return evictions.sum();
    }

    /** Gets and puts that the database failed, by the simple class name of the exception. */
    public Map<String, Long> getFailures() {
        Map<String, Long> counts = new TreeMap<>();
        failures.forEach((cause, count) -> counts.put(cause, count.sum()));
        return counts;
    }

    void recordFailure(String cause) {
        failures.computeIfAbsent(cause, name -> new LongAdder()).increment();
    }
}
