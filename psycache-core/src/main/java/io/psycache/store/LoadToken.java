package io.psycache.store;

import org.jspecify.annotations.Nullable;

/**
 * What a put must know of the moment before its value was loaded.
 *
 * @param epoch the epoch then
 * @param snapshot the snapshot then, as {@code pg_snapshot} text {@code xmin:xmax:xip,...}
 * @param own the transaction whose changes the value shows although the snapshot does not, where the put was made inside one
 */
public record LoadToken(
        String epoch, String snapshot, @Nullable OwnWrites own) {

    /**
     * A transaction's own invalidations up to a put of its own.
     *
     * @param xid the transaction
     * @param lastLogId the {@code id} of the put's own row in the log
     */
    public record OwnWrites(String xid, long lastLogId) {}
}
