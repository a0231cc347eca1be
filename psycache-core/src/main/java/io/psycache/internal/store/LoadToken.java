package io.psycache.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * The moment before a value was loaded or made: a put under it is refused if the value was invalidated since.
 *
 * @param epoch the epoch then
 * @param snapshot the snapshot then, as {@code pg_snapshot} text {@code xmin:xmax:xip,...}
 */
public record LoadToken(String epoch, String snapshot) implements Token {

    /** The one of the two that shows less; null where they are of different epochs. */
    public @Nullable LoadToken olderOf(LoadToken other) {
        return !epoch.equals(other.epoch)
                ? null
                : Snapshot.of(snapshot).isOlderThan(Snapshot.of(other.snapshot)) ? this : other;
    }
}
