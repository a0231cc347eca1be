package io.psycache.internal.load;

import io.psycache.CacheUnavailableException;
import io.psycache.LoadOutcome.Storage;
import io.psycache.internal.backend.Backend.Shared.LeaseAnswer;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.Reads;
import io.psycache.internal.load.LoadedValues.Stored;
import io.psycache.internal.store.LeaseStore.Lease;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One load by one of the callers in this process, under the lease of its key, or one load again of what is there. A caller that does not
 * get the lease looks now and then whether there is a value, or whether the lease is free; no connection is held meanwhile. It waits for
 * twice the time of a lease at most: that of an owner that is gone, and that of the process which loads instead of it. The lease is
 * held until the value is stored behind the caller, by a statement that also releases it. Used once, by one thread at a time.
 */
final class LeasedLoad {
    private static final long SHORTEST_PAUSE_NANOS = 5_000_000;
    private static final long LONGEST_PAUSE_NANOS = 200_000_000;

    private final Reads reads;
    private final Leases leases;
    private final LoadTimes times;
    private final Load load;
    private final Found seen;
    private final Lease lease;
    private final Thread thread = Thread.currentThread();
    private final long begin = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Found found;
    private volatile boolean granted;
    private boolean waited;
    private @Nullable Object value;

    /** @param seen a miss or, to load again, a hit */
    LeasedLoad(Reads reads, Leases leases, LoadTimes times, Load load, Found seen) {
        this.reads = reads;
        this.leases = leases;
        this.times = times;
        this.load = load;
        this.seen = seen;
        this.found = seen;
        this.lease = new Lease(
                load.view().stored(load.key()),
                UUID.randomUUID().toString(),
                load.view().lease());
    }

    /** Gets the lease, and loads. A caller that is told, and cancels, leaves the load to others. @return this load, with its value */
    Reply<LeasedLoad> call() {
        load.ifCancelled(this::end);
        return (seen.isHit() ? takeOnce() : await())
                .then(decided -> loaded())
                .map(this::with)
                .whenDone((loaded, failure) -> {
                    if (failure != null) {
                        end();
                    }
                });
    }

    private Reply<@Nullable Object> loaded() {
        if (ended.get()) { // cancelled meanwhile
            release();
            return Reply.failed(new CancellationException());
        }
        return mustLoad() ? times.measured(load) : Reply.<@Nullable Object>of(found.value());
    }

    private LeasedLoad with(@Nullable Object loaded) {
        value = loaded;
        return this;
    }

    /** Whether to load: there is nothing, or what was seen is there still and the caller may load it again. */
    private boolean mustLoad() {
        return seen.isHit() ? found != seen && found.isStill(seen) : !found.isHit();
    }

    private boolean isLeased() {
        return !lease.time().isZero();
    }

    /** Waits for the lease to load. A thread that loads the key already, as something else, does not wait for itself. */
    private Reply<Found> await() {
        return isLeased() && !leases.isHeldBy(thread, lease)
                ? Reply.until(() -> load.shared().take(lease).then(this::next))
                        .recover(failure -> leases.isDispensable(failure) ? Reply.of(found) : Reply.failed(failure))
                : Reply.of(found);
    }

    private Reply<Optional<Found>> next(LeaseAnswer answer) {
        boolean over = System.nanoTime() - begin >= 2 * lease.time().toNanos();
        boolean stored = answer.stored() && found.unreadable() == null; // else the valid entry is to be replaced
        if (!isGranted(answer) && !stored && !over) {
            waited = true;
            return load.backend().pace().pause(pause()).map(passed -> Optional.empty());
        }
        Reply<Found> last = waited || stored // there may be a value now, or the token is from before the wait
                ? looked(reads.getOne(load.backend(), load.view(), load.key(), load.readAs()))
                : Reply.of(found);
        return last.map(entry -> Optional.of(entry).filter(seenNow -> seenNow.isHit() || granted || over));
    }

    private boolean isGranted(LeaseAnswer answer) {
        granted = answer.granted();
        if (granted) {
            leases.hold(lease, load, thread);
        }
        return granted;
    }

    private Reply<Found> looked(Reply<Found> look) {
        return look.map(entry -> {
            found = entry;
            return entry;
        });
    }

    /**
     * Nanoseconds to the next request: up to a quarter of the time waited already, so that a value is seen soon after it is stored,
     * and by chance, so that callers do not come all at once.
     */
    private long pause() {
        long longest = Math.min(LONGEST_PAUSE_NANOS, Math.max(SHORTEST_PAUSE_NANOS, (System.nanoTime() - begin) / 4));
        return ThreadLocalRandom.current().nextLong(longest / 2, longest);
    }

    /** Takes the lease to load again what was seen, if it is free and the entry is still there. Waits for nobody. */
    private Reply<Found> takeOnce() {
        Reply<Boolean> taken = isLeased() ? takenNow() : Reply.of(true);
        return taken.then(mine ->
                mine ? looked(reads.getAging(load.shared(), load.view(), load.key(), load.readAs())) : Reply.of(found));
    }

    private Reply<Boolean> takenNow() {
        return load.shared()
                .take(lease)
                .map(this::isGranted)
                .recover(failure ->
                        failure instanceof CacheUnavailableException ? Reply.of(false) : Reply.failed(failure));
    }

    /**
     * Stores what was loaded. A value that another process has stored was current when it was read, which tells nothing to callers in
     * this process that came later, so it is not shared: they look themselves.
     */
    Stored store(LoadedValues values) {
        if (!mustLoad()) {
            end();
            return Stored.hit(value);
        }
        try {
            Stored stored = values.store(load, found, value, granted ? lease.owner() : null);
            return stored.as(stored.isCurrent()
                    .whenComplete((known, failure) -> endAfter(stored.storage().join())));
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /** The statement that stores a value has released its lease. */
    private void endAfter(Storage storage) {
        if (storage != Storage.STORED) {
            end();
        } else if (ended.compareAndSet(false, true)) {
            leases.forget(lease, thread);
        }
    }

    private void end() {
        if (ended.compareAndSet(false, true)) {
            release();
        }
    }

    private void release() {
        if (granted) {
            leases.release(lease, thread);
        }
    }
}
