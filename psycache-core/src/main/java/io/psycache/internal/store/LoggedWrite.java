package io.psycache.internal.store;

import io.psycache.internal.store.Put.OwnInvalidation;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * The moment of a write in the caller's transaction, and the invalidation that it logged there.
 *
 * @param token the snapshot of that moment, with the transaction's own changes shown as after its commit. PostgreSQL's own text does
 *     not show them: the own id is usually not below {@code xmax}
 */
public record LoggedWrite(LoadToken token, OwnInvalidation own) {

    /** Ids between xmax and the own one that are listed one by one; a wider gap means that the value is not put. */
    private static final long WIDEST_GAP = 1_000;

    /** @param epoch null where there is no epoch, and so no token */
    static @Nullable LoggedWrite of(@Nullable String epoch, String snapshot, OwnInvalidation own) {
        String shown = epoch == null ? null : showing(snapshot, Long.parseLong(own.xid()));
        return epoch == null || shown == null ? null : new LoggedWrite(new LoadToken(epoch, shown), own);
    }

    /** The write as of {@code beginning}, when the value was begun to be made; null = it must not be stored. */
    public @Nullable LoggedWrite madeSince(LoadToken beginning) {
        return of(beginning.epoch(), beginning.snapshot(), own);
    }

    /** The snapshot with the transaction {@code ownXid} shown, and nothing else that it does not show. */
    static @Nullable String showing(String snapshot, long ownXid) {
        String[] parts = snapshot.split(":", -1);
        long xmax = Long.parseLong(parts[1]);
        if (ownXid < xmax) {
            return snapshot;
        }
        if (ownXid - xmax > WIDEST_GAP) {
            return null;
        }
        String begun = LongStream.range(xmax, ownXid).mapToObj(xid -> "," + xid).collect(Collectors.joining());
        String running = parts[2].isEmpty() && !begun.isEmpty() ? begun.substring(1) : parts[2] + begun;
        return (running.isEmpty() ? ownXid + 1 : parts[0]) + ":" + (ownXid + 1) + ":" + running;
    }
}
