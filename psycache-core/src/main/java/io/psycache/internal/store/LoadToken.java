package io.psycache.internal.store;

import org.jspecify.annotations.Nullable;

/**
 * What a put must know of the moment before its value was loaded.
 *
 * @param epoch the epoch then
 * @param snapshot the snapshot then, as {@code pg_snapshot} text {@code xmin:xmax:xip,...}
 * @param own the transaction whose invalidation is the put's own, where it has one
 */
public record LoadToken(
        String epoch, String snapshot, @Nullable OwnWrites own) {

    /**
     * The invalidation that a put of a new truth has logged itself.
     *
     * @param xid the transaction that logged it. The value shows its changes up to then, although the snapshot may not
     * @param lastLogId the {@code id} of the row in the log
     * @param alone whether that transaction did nothing else, and has committed before the put
     */
    public record OwnWrites(String xid, long lastLogId, boolean alone) {}

    /** Of a token with an invalidation of its own: that of a value made since {@code beginning}; null = it must not be put. */
    public @Nullable LoadToken madeSince(LoadToken beginning) {
        return own == null ? null : OwnSnapshot.token(beginning.epoch, beginning.snapshot, own.xid, own.lastLogId);
    }

    /** That of the two which shows less; null where they are of different epochs. */
    public @Nullable LoadToken olderOf(LoadToken other) {
        return !epoch.equals(other.epoch) ? null : OwnSnapshot.isOlder(snapshot, other.snapshot) ? this : other;
    }

    /** This token for a put that has logged its own invalidation. */
    LoadToken after(OwnWrites invalidation) {
        return new LoadToken(epoch, snapshot, invalidation);
    }
}
