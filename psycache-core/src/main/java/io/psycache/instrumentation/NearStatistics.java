package io.psycache.instrumentation;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Copies of entries in this process, and looks at the log of invalidations, which say which of them are valid. All is zero where there
 * are no copies.
 *
 * @param hits keys that were found in a copy; they are among the hits that observers are told of
 * @param looks statements that have asked the log for news
 * @param lookCallers gets that have asked for a look; over {@code looks} it is how many share one
 * @param lookRows invalidations that looks have found
 * @param copies their number, estimated
 * @param bytes that the copies take, estimated
 * @param lookAge time since the last look was sent; null before the first one
 * @param floors how often copies were given up as a whole, since the log could not tell which are valid or too much had been
 *     invalidated; the first look is one of them
 * @param maximumSize bytes that copies may take; 0 = there are none
 */
public record NearStatistics(
        long hits,
        long looks,
        long lookCallers,
        long lookRows,
        long copies,
        long bytes,
        @Nullable Duration lookAge,
        long floors,
        long maximumSize) {}
