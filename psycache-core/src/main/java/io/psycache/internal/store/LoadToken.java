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
                : isOlder(snapshot.split(":", -1), other.snapshot.split(":", -1)) ? this : other;
    }

    /** Of two snapshots of one server the older one ends lower, or waits for more transactions. */
    private static boolean isOlder(String[] one, String[] other) {
        int ends = Long.compare(Long.parseLong(one[1]), Long.parseLong(other[1]));
        return ends < 0 || ends == 0 && running(one[2]) > running(other[2]);
    }

    private static int running(String xip) {
        return xip.isEmpty() ? 0 : xip.split(",").length;
    }
}
