package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Arguments of an observed operation, and its results so far. */
public final class CacheObservationContext extends Observation.Context {
    private final String operation;
    private final List<String> keys;
    private final @Nullable String spanName;

    long hits;
    long misses;
    long stored;
    long fenced;
    long skipped;
    long bytes;
    long removed;

    CacheObservationContext(String operation, List<String> keys, @Nullable String spanName) {
        this.operation = operation;
        this.keys = keys;
        this.spanName = spanName;
    }

    /** {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}. */
    public String getOperation() {
        return operation;
    }

    /** The keys of a get, a put or a removal; empty for other operations. They can be personal data. */
    public List<String> getKeys() {
        return keys;
    }

    /** Name of the view or region, for a Spring cache its key prefix and name; null = none. */
    public @Nullable String getSpanName() {
        return spanName;
    }

    /** Number of keys found. */
    public long getHits() {
        return hits;
    }

    /** Number of keys not found. */
    public long getMisses() {
        return misses;
    }

    /** Number of values stored; 0 for a put that the background writer stores later. */
    public long getStored() {
        return stored;
    }

    /** Number of values refused because they had been loaded before a later invalidation. */
    public long getFenced() {
        return fenced;
    }

    /** Number of values not stored, whatever they are. */
    public long getSkipped() {
        return skipped;
    }

    /** Size of the values found or stored, in bytes. */
    public long getBytes() {
        return bytes;
    }

    /** Number of entries removed, by keys, by a flush or by the cleanup. */
    public long getRemoved() {
        return removed;
    }
}
