package io.psycache.instrumentation;

import java.util.List;
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

    /** @param keys the keys to get, one or more; they can be personal data */
    default GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        return startSpan("get", keys, spanName);
    }

    /** @param keys the keys to write, one or more */
    default PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        return startSpan("put", keys, spanName);
    }

    /**
     * The second part of a put that was {@linkplain PutSpan#recordQueued queued}: the background writer stores its value. Called
     * on a thread of the cache, or on the thread that committed.
     *
     * @param keys the one key to write; a key of over 1,024 bytes in its shortened form
     */
    default PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    /** @param keys the keys to remove or evict, one or more */
    default RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return startSpan("remove", keys, spanName);
    }

    /** The span of a flush, a removal by prefix, an invalidation of tags or the clearing of a cache. */
    default FlushSpan startFlushSpan(@Nullable String spanName) {
        return startSpan("flush", List.of(), spanName);
    }

    default CleanupSpan startCleanupSpan() {
        return startSpan("cleanup", List.of(), null);
    }

    /**
     * The span of an operation whose own {@code start} method is not overridden, for observers that treat operations alike. Not
     * called for the second part of a put.
     *
     * @param operation {@code get}, {@code put}, {@code remove}, {@code flush} or {@code cleanup}
     * @param keys empty for a flush and for the cleanup
     */
    default OperationSpan startSpan(String operation, List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
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

    /** One operation under observation. */
    interface Span extends AutoCloseable {

        /** The operation failed; {@link #close()} follows. */
        default void recordError(Throwable error) {}

        @Override
        default void close() {}
    }

    /** A get of one key or several: each key is a hit or a miss. */
    interface GetSpan extends Span {

        /** @param itemSize size of the value in the table, in bytes ({@code pg_column_size}) */
        default void recordHit(int itemSize) {}

        default void recordMiss() {}
    }

    /** A put of one key or several. */
    interface PutSpan extends Span {

        /** A value was stored. @param itemSize its size in bytes before PostgreSQL compresses the row */
        default void recordStored(int itemSize) {}

        /**
         * A value was handed to the background writer. The writer's own span tells the outcome, see
         * {@link #startDeferredPutSpan}.
         *
         * @param jsonSize size of the JSON in bytes
         */
        default void recordQueued(int jsonSize) {}

        /** A value was refused because it had been loaded before a later invalidation. */
        default void recordFenced() {}

        /** A queued value was dropped: too many waited, or its batch failed. */
        default void recordDropped() {}
    }

    /** A removal of one key or several. */
    interface RemoveSpan extends Span {

        /** @param count how many of the keys had a valid entry */
        default void recordRemoved(long count) {}
    }

    /** A removal of many entries at once. */
    interface FlushSpan extends Span {

        /** @param count rows deleted; 0 if the cleanup deletes them later */
        default void recordFlushed(long count) {}
    }

    /** One run of the cleanup. */
    interface CleanupSpan extends Span {

        /** @param count rows deleted */
        default void recordDeleted(long count) {}

        /** The content of the tables after the run. */
        default void recordContents(TableContents contents) {}
    }

    /** Span of whatever operation. */
    interface OperationSpan extends GetSpan, PutSpan, RemoveSpan, FlushSpan, CleanupSpan {}

    /** Span of an observer that does not observe the operation. */
    enum NoSpan implements OperationSpan {
        INSTANCE
    }
}
