package io.psycache.instrumentation;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Observer of cache operations. Each operation opens a span before it starts, tells it what happens, and closes it at the end. A
 * {@code start} method and its span are called on the thread that runs the operation; an asynchronous operation may close its
 * span on another thread.
 *
 * <p>Every method has a default that does nothing. An exception of an implementation, or a class or method that it lacks, is
 * logged and never breaks a cache call.
 */
public interface CacheInstrumentation {

    /**
     * An operation starts.
     *
     * @param operation a get, a put, a removal or eviction of keys, a flush, or the cleanup
     * @param keys the keys to get, write or remove, which can be personal data; empty for a flush and for the cleanup
     * @param spanName name of the view or region; null = none
     */
    default Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        return Span.NONE;
    }

    /**
     * The second part of a put that was {@linkplain Span#recordQueued queued}: the background writer stores its value. Called
     * on a thread of the cache, or on the thread that committed.
     *
     * @param keys the one key to write; a key of over 1,024 bytes in its shortened form
     */
    default Span startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return Span.NONE;
    }

    /**
     * A request outside a transaction has got its lane and is about to be sent. Called on the thread that sends it.
     *
     * @param nanos how long it waited, in nanoseconds
     */
    default void recordLaneWait(Operation operation, long nanos) {}

    /**
     * A statement is about to be sent for one or several callers outside transactions. Called on the thread that sends it.
     *
     * @param keys how many keys it carries
     */
    default void recordBatch(Operation operation, int keys) {}

    /**
     * A refresh in the background has ended: a value was served while it was loaded again. Called on the thread that loaded it.
     *
     * @param reason {@code stale}: the value had expired; {@code early}: it was about to expire
     * @param result {@code stored}; {@code fenced}: the new value was invalidated while it was loaded; {@code removed}: no new
     *     value can be stored, so the old one was removed; {@code skipped}: another caller or process refreshes it;
     *     {@code failed}
     */
    default void recordRefresh(String reason, String result, @Nullable String spanName) {}

    /** An expired value is returned because its load failed. Called on the thread that ends the load or looks the value up. */
    default void recordStaleIfError(@Nullable String spanName) {}

    /** A cache is built. @param near tells of its copies in this process, at any time and without a statement */
    default void bindNear(Supplier<NearStatistics> near) {}

    /** A cache is built. @param breaker tells of its circuit breaker in this process, at any time and without a statement */
    default void bindBreaker(Supplier<BreakerState> breaker) {}

    /** One operation under observation. A get and a put are told of each key. */
    interface Span extends AutoCloseable {

        /** Span of an observer that does not observe the operation. */
        Span NONE = new Span() {};

        /** A get found a value. @param itemSize its size in the table, in bytes ({@code pg_column_size}) */
        default void recordHit(int itemSize) {}

        /** A get found none. */
        default void recordMiss() {}

        /** A put stored a value. @param itemSize its size in bytes before PostgreSQL compresses the row */
        default void recordStored(int itemSize) {}

        /**
         * A put handed a value to the background writer. The writer's own span tells the outcome, see
         * {@link #startDeferredPutSpan}.
         *
         * @param jsonSize size of the JSON in bytes
         */
        default void recordQueued(int jsonSize) {}

        /** A put refused a value because it had been loaded before a later invalidation. */
        default void recordFenced() {}

        /** A loaded value is not stored, whatever it is. */
        default void recordSkipped(SkipReason reason) {}

        /** A put dropped a queued value: too many waited, or its batch failed. */
        default void recordDropped() {}

        /**
         * Entries were removed.
         *
         * @param count of a removal, how many of its keys had a valid entry; of a flush, rows deleted, or 0 if the cleanup deletes
         *     them later; of the cleanup, rows deleted
         */
        default void recordRemoved(long count) {}

        /** The content of the tables after a cleanup. */
        default void recordContents(TableContents contents) {}

        /** The operation failed; {@link #close()} follows. */
        default void recordError(Throwable error) {}

        @Override
        default void close() {}
    }
}
