package io.psycache.instrumentation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Observer of cache operations. Each operation opens a span before it starts and closes it when it has ended; between the two
 * the span is told what happened. A {@code start} method and its span are called on the thread that runs the operation, but an
 * asynchronous operation may close its span on another one.
 *
 * <p>Every method has a default that does nothing. What an implementation throws is logged and goes no further, be it an
 * exception or that a class or method is missing: it never breaks a cache call.
 */
public interface CacheInstrumentation {

    /** @param keys the keys asked for, one or more; they can be personal data */
    default GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    /** @param keys the keys written, one or more */
    default PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    /**
     * The second part of a put in a transaction: storing it after the commit. The first was a put whose span has ended. Called
     * on a thread of the cache, or on the one that committed.
     *
     * @param keys the one key written; where that takes more than 1,024 bytes, in its shortened form
     */
    default PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    /** @param keys the keys removed or evicted, one or more */
    default RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    /** Of a flush, a removal by prefix, the invalidation of tags or the clearing of a cache. */
    default FlushSpan startFlushSpan(@Nullable String spanName) {
        return NoSpan.INSTANCE;
    }

    default CleanupSpan startCleanupSpan() {
        return NoSpan.INSTANCE;
    }

    /**
     * A request outside a transaction has got its lane, and its statement is about to be sent. Called on the thread that sends.
     *
     * @param operation {@code get}, {@code put}, {@code remove} or {@code other}
     * @param nanos how long it has waited, in nanoseconds
     */
    default void recordLaneWait(String operation, long nanos) {}

    /**
     * A statement is about to be sent for one or several callers outside transactions. Called on the thread that sends.
     *
     * @param operation as of {@link #recordLaneWait}
     * @param keys how many keys it carries
     */
    default void recordBatch(String operation, int keys) {}

    /**
     * A value that was served has been loaded again in the background, or has not. Called on the thread where that ended.
     *
     * @param reason {@code stale}: its time had ended; {@code early}: it was about to
     * @param result {@code stored}; {@code fenced}: the new value was invalidated while it was loaded; {@code removed}: there is none that
     *     can be stored, so the old one was ended; {@code skipped}: somebody else does or did it; {@code failed}
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

        /** @param itemSize what the value takes in the table, in bytes ({@code pg_column_size}) */
        default void recordHit(int itemSize) {}

        default void recordMiss() {}
    }

    /** A put of one key or several. */
    interface PutSpan extends Span {

        /** A value was stored. @param itemSize its size in bytes before PostgreSQL compresses the row */
        default void recordStored(int itemSize) {}

        /** A value was refused because it had been loaded before a later invalidation. */
        default void recordFenced() {}

        /** Of a deferred put: it was given up, because too many waited or the batch it was in failed. */
        default void recordDropped() {}
    }

    /** A removal of one key or several. */
    interface RemoveSpan extends Span {

        /** @param count how many of the keys had a valid entry */
        default void recordRemoved(long count) {}
    }

    /** A removal of many entries at once. */
    interface FlushSpan extends Span {

        /** @param count rows deleted; 0 where the rows are left to the cleanup */
        default void recordFlushed(long count) {}
    }

    /** One run of the cleanup. */
    interface CleanupSpan extends Span {

        /** @param count rows deleted */
        default void recordDeleted(long count) {}

        /** What the tables held after the run. */
        default void recordContents(TableContents contents) {}
    }
}
