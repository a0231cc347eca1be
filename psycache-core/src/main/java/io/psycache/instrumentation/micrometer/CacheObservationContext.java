package io.psycache.instrumentation.micrometer;

import io.micrometer.observation.Observation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an operation was asked for, and what it has come to so far. */
public final class CacheObservationContext extends Observation.Context {
    private final String operation;
    private final List<String> keys;
    private final @Nullable String spanName;
    private long hits;
    private long misses;
    private long stored;
    private long fenced;
    private long bytes;
    private long removed;

    CacheObservationContext(String operation, List<String> keys, @Nullable String spanName) {
        this.operation = operation;
        this.keys = keys;
        this.spanName = spanName;
    }

    /** {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}. */
    public String getOperation() {
        return operation;
    }

    /** The keys of a get, a put or a removal; else none. They can be personal data. */
    public List<String> getKeys() {
        return keys;
    }

    /** The name of the view or region, which of a Spring cache is its key prefix and name; null where it has none. */
    public @Nullable String getSpanName() {
        return spanName;
    }

    /** Keys that were found. */
    public long getHits() {
        return hits;
    }

    /** Keys that were not found. */
    public long getMisses() {
        return misses;
    }

    /** Values that were stored; of a put in a transaction, which is stored after the commit, 0. */
    public long getStored() {
        return stored;
    }

    /** Values that were refused because they had been loaded before a later invalidation. */
    public long getFenced() {
        return fenced;
    }

    /** Size of the values found or stored, in bytes. */
    public long getBytes() {
        return bytes;
    }

    /** Entries that were removed, by keys, by a flush or by the cleanup. */
    public long getRemoved() {
        return removed;
    }

    void hit(int itemSize) {
        hits++;
        bytes += itemSize;
    }

    void missed() {
        misses++;
    }

    void stored(int itemSize) {
        stored++;
        bytes += itemSize;
    }

    void fenced() {
        fenced++;
    }

    void removed(long count) {
        removed += count;
    }
}
