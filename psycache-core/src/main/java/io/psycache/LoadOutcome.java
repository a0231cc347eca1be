package io.psycache;

import io.psycache.instrumentation.SkipReason;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of {@link CacheRegion#getOrLoad}.
 *
 * @param value the value, which may be null
 * @param problem why a loaded value can't be stored, where its {@code storage} is {@link Storage#UNSTORABLE}; null where there is
 *     nothing to say
 * @param skipped why a loaded value is not stored, where its {@code storage} is {@link Storage#SKIPPED}; else null
 * @param unreadable why the stored value could not be read, which made it a miss; else null
 * @param refresh the load in the background that this call has begun, with {@link Source#LOADED} or, where another caller had the value,
 *     {@link Source#HIT}; it fails if that load fails. Null where it has begun none
 */
public record LoadOutcome(
        @Nullable Object value,
        Source source,
        Storage storage,
        @Nullable CacheValueException problem,
        @Nullable SkipReason skipped,
        @Nullable CacheValueException unreadable,
        @Nullable CompletionStage<LoadOutcome> refresh) {

    /** Where the value came from. */
    public enum Source {
        /** The cache, or another caller's load. */
        HIT,
        /** The loader. */
        LOADED,
        /** The cache, although the entry has expired. */
        STALE
    }

    /** Whether a loaded value was stored, or why not. */
    public enum Storage {
        /** Nothing was loaded. */
        NONE,
        /** It is stored, or will be unless something invalidates it first. */
        STORED,
        /** It is not stored, as it was invalidated since it was loaded. */
        FENCED,
        /** It is not stored, whatever it is: it may be older than an invalidation. */
        SKIPPED,
        /** Too many values are waiting to be stored. */
        DROPPED,
        /** It can't be stored. */
        UNSTORABLE
    }

    /** This outcome with another storage. */
    public LoadOutcome as(Storage other) {
        return new LoadOutcome(value, source, other, problem, skipped, unreadable, refresh);
    }

    /** This outcome of a call that found a value it could not read. */
    public LoadOutcome withUnreadable(@Nullable CacheValueException reason) {
        return new LoadOutcome(value, source, storage, problem, skipped, reason, refresh);
    }
}
