package io.psycache;

import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LeaseStore.Wish;
import io.psycache.internal.store.StoredKeys;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One caller's way to the turn to load a key, or to load it again. The first ends with a lease, with what another process has stored meanwhile, or with
 * neither when the caller has waited long enough. Used by one thread at a time.
 *
 * <p>Twice the time of a lease is long enough: that of an owner that is gone, and that of whoever loads instead of it.
 */
final class Turn {
    private static final long SHORTEST_PAUSE_NANOS = 5_000_000;
    private static final long LONGEST_PAUSE_NANOS = 200_000_000;

    private final Wish wish;
    private final long begin = System.nanoTime();
    private final FoundEntry seen;
    private FoundEntry found;
    private boolean leased;
    private boolean waited;
    private boolean over;

    /**
     * What the database says about a wish.
     *
     * @param isLeased whether the lease is the caller's now
     * @param isStored whether there is a valid entry now
     */
    record Claim(boolean isLeased, boolean isStored) {}

    /** @param seen a miss or, to load again, a hit */
    Turn(String key, FoundEntry seen, Duration lease) {
        this.wish = new Wish(new Lease(StoredKeys.of(key), UUID.randomUUID().toString()), lease);
        this.seen = seen;
        this.found = seen;
    }

    Wish wish() {
        return wish;
    }

    /** What the last lookup found: a hit, or the miss whose token a put must carry. */
    FoundEntry found() {
        return found;
    }

    boolean isLeased() {
        return leased;
    }

    /** Of a caller that does not wait: whether the lease is his. */
    boolean takes(Claim claim) {
        leased = claim.isLeased();
        return leased;
    }

    /** Whether to load: there is nothing, or what was seen is there still and the caller may load it again. */
    boolean mustLoad() {
        return seen.isHit() ? found != seen && found.isStill(seen) : !found.isHit();
    }

    /** Whether to claim again after a {@link #pause()}. */
    boolean mustWait(Claim claim) {
        leased = claim.isLeased();
        over = System.nanoTime() - begin >= 2 * wish.time().toNanos();
        boolean waits = !leased && !isStored(claim) && !over;
        waited |= waits;
        return waits;
    }

    /** Whether there may be a value now, or the token is from before a wait. */
    boolean mustLook(Claim claim) {
        return waited || isStored(claim);
    }

    /** A valid entry that can't be read is to be replaced. */
    private boolean isStored(Claim claim) {
        return claim.isStored() && found.unreadable() == null;
    }

    /** @return this turn */
    Turn looked(FoundEntry entry) {
        found = entry;
        return this;
    }

    boolean isDecided() {
        return found.isHit() || leased || over;
    }

    /**
     * Nanoseconds to the next claim: up to a quarter of what the caller has waited already, so that a value is seen soon after it
     * is stored, and by chance, so that callers do not come all at once.
     */
    long pause() {
        long longest = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, (System.nanoTime() - begin) / 4));
        return ThreadLocalRandom.current().nextLong(longest / 2, longest);
    }
}
