package io.psycache.internal.load;

import io.psycache.internal.backend.Backend.Shared.LeaseAnswer;
import io.psycache.internal.entry.Found;
import io.psycache.internal.store.LeaseStore.Lease;
import io.psycache.internal.store.LeaseStore.LeaseRequest;
import io.psycache.internal.store.StoredKeys;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One caller's attempt to get the lease of a key, to load it or to load it again. The first ends with the lease, with what another
 * process has stored meanwhile, or with neither when the caller has waited long enough. Used by one thread at a time.
 *
 * <p>Twice the time of a lease is long enough: that of an owner that is gone, and that of the process which loads instead of it.
 */
final class LeaseAttempt {
    private static final long SHORTEST_PAUSE_NANOS = 5_000_000;
    private static final long LONGEST_PAUSE_NANOS = 200_000_000;

    private final LeaseRequest request;
    private final long begin = System.nanoTime();
    private final Thread thread = Thread.currentThread();
    private final Found seen;
    private volatile Found found;
    private volatile boolean granted;
    private boolean waited;
    private boolean over;

    /** @param seen a miss or, to load again, a hit */
    LeaseAttempt(String key, Found seen, Duration time) {
        this.request =
                new LeaseRequest(new Lease(StoredKeys.of(key), UUID.randomUUID().toString()), time);
        this.seen = seen;
        this.found = seen;
    }

    LeaseRequest request() {
        return request;
    }

    /** The stored key. */
    String key() {
        return request.lease().key();
    }

    /** The thread that asked. */
    Thread thread() {
        return thread;
    }

    /** The result of the last lookup: a hit, or the miss whose token a put must carry. */
    Found found() {
        return found;
    }

    boolean isGranted() {
        return granted;
    }

    /** Of a caller that does not wait: whether the lease is its own. */
    boolean takes(LeaseAnswer answer) {
        granted = answer.granted();
        return granted;
    }

    /** Whether to load: there is nothing, or what was seen is there still and the caller may load it again. */
    boolean mustLoad() {
        return seen.isHit() ? found != seen && found.isStill(seen) : !found.isHit();
    }

    /** Whether to ask again after a {@link #pause()}. */
    boolean mustWait(LeaseAnswer answer) {
        granted = answer.granted();
        over = System.nanoTime() - begin >= 2 * request.time().toNanos();
        boolean waits = !granted && !isStored(answer) && !over;
        waited |= waits;
        return waits;
    }

    /** Whether there may be a value now, or the token is from before a wait. */
    boolean mustLook(LeaseAnswer answer) {
        return waited || isStored(answer);
    }

    /** A valid entry that can't be read is to be replaced. */
    private boolean isStored(LeaseAnswer answer) {
        return answer.stored() && found.unreadable() == null;
    }

    void looked(Found entry) {
        found = entry;
    }

    boolean isDecided() {
        return found.isHit() || granted || over;
    }

    /**
     * Nanoseconds to the next request: up to a quarter of the time waited already, so that a value is seen soon after it is stored,
     * and by chance, so that callers do not come all at once.
     */
    long pause() {
        long longest = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, (System.nanoTime() - begin) / 4));
        return ThreadLocalRandom.current().nextLong(longest / 2, longest);
    }
}
