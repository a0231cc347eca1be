package io.psycache.internal.backend;

import io.psycache.internal.lane.Lanes;
import io.psycache.internal.lane.Route;
import io.psycache.internal.near.LogFollower;
import io.psycache.internal.near.NearCopies;
import io.psycache.internal.near.NearCopy;
import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.GetResult.StoredEntry;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The entries outside a transaction, with copies of those that were found before. A copy is a hit if a look at the log, sent after the
 * call began, shows that nothing has ended it, or if a look of late does and the caller accepts that. Thread-safe.
 */
final class NearBackend extends GuardedBackend {
    private final NearParts near;
    private final NearCopies copies;
    private final LogFollower follower;

    /**
     * The parts that callers of all kinds share.
     *
     * @param looks whether a look answers its callers
     * @param underWay the look that callers of late looks wait for
     */
    record NearParts(
            NearCopies copies,
            LogFollower follower,
            Lanes lanes,
            Route<Boolean, Boolean> looks,
            AtomicReference<@Nullable CompletableFuture<Boolean>> underWay) {}

    NearBackend(Caller caller, Parts parts, Breaker breaker, NearParts near) {
        super(caller, parts, breaker);
        this.near = near;
        this.copies = near.copies;
        this.follower = near.follower;
    }

    @Override
    public Reply<List<GetResult>> get(List<String> keys) {
        return get(keys, 0);
    }

    @Override
    public Reply<List<GetResult>> get(List<String> keys, long maxStaleness) {
        return isPending() && !isSkipping()
                ? after(keys, () -> get(keys, maxStaleness, false))
                : get(keys, maxStaleness, false);
    }

    @Override
    public Reply<List<GetResult>> getAging(List<String> keys, long maxStaleness) {
        return isPending() && !isSkipping()
                ? after(keys, () -> get(keys, maxStaleness, true))
                : get(keys, maxStaleness, true);
    }

    /** In a loader nothing that may be out of date: it would become the age of what is being loaded. */
    private Reply<List<GetResult>> get(List<String> keys, long maxStaleness, boolean isAging) {
        @Nullable NearCopy[] found = new NearCopy[keys.size()];
        boolean isAnyFound = false;
        for (int i = 0; i < found.length; i++) {
            found[i] = copies.get(keys.get(i));
            isAnyFound |= found[i] != null;
        }
        if (!isAnyFound) {
            return read(keys, isAging, follower.token() != null);
        }
        long accepted = Pace.isInLoader() ? 0 : maxStaleness;
        if (accepted > 0 && follower.isFresh(accepted)) {
            return judged(keys, found, isAging);
        }
        return looked(accepted).then(answered -> answered ? judged(keys, found, isAging) : read(keys, isAging, true));
    }

    /** A look that begins now or, for callers that accept what is late, one that is under way. */
    private Reply<Boolean> looked(long maxStaleness) {
        if (isSkipping()) {
            return Reply.of(false);
        }
        follower.called();
        if (maxStaleness == 0 || isTold()) {
            return look();
        }
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        CompletableFuture<Boolean> other = near.underWay.compareAndExchange(null, own);
        if (other == null) { // another look may have ended just before
            Reply<Boolean> answer = follower.isFresh(maxStaleness) ? Reply.of(true) : Reply.from(this::look);
            return answer.whenDone((answered, failure) -> {
                near.underWay.set(null);
                own.complete(true);
            });
        }
        return Reply.calling(other::join).then(done -> follower.isFresh(maxStaleness) ? Reply.of(true) : look());
    }

    private Reply<Boolean> look() {
        if (isTold()) {
            return Reply.coming(near.lanes.start(near.looks, true));
        }
        try {
            return Reply.of(near.lanes.call(near.looks, true, true));
        } catch (RuntimeException e) { // part of the reply
            return Reply.failed(e);
        }
    }

    /** The copies that are valid, and the rest from the table. */
    private Reply<List<GetResult>> judged(List<String> keys, @Nullable NearCopy[] found, boolean isAging) {
        List<@Nullable GetResult> results = new ArrayList<>(found.length);
        List<String> missing = new ArrayList<>(0);
        for (int i = 0; i < found.length; i++) {
            NearCopy copy = found[i];
            boolean isValid = copy != null && isValid(copy);
            results.add(isValid ? isAging ? copy.aging(follower.token()) : copy.hit() : null);
            if (!isValid) {
                missing.add(keys.get(i));
            }
        }
        return missing.isEmpty()
                ? Reply.of(results)
                : read(missing, isAging, true).map(rest -> filled(results, rest));
    }

    private static List<GetResult> filled(List<@Nullable GetResult> results, List<GetResult> rest) {
        Iterator<GetResult> missing = rest.iterator();
        return results.stream()
                .map(result -> result == null ? missing.next() : result)
                .toList();
    }

    private boolean isValid(NearCopy copy) {
        boolean isValid = follower.isValid(copy);
        if (isValid) {
            copies.hit();
        } else {
            copies.remove(copy);
        }
        return isValid;
    }

    /**
     * From the table. What is read again is copied: a get of what is read once costs no more than it would without copies.
     *
     * @param hasLooked whether there was a look: the first one would end a copy from before it
     */
    private Reply<List<GetResult>> read(List<String> keys, boolean isAging, boolean hasLooked) {
        if (!copies.isAnyReadAgain(keys)) {
            return isAging ? super.getAging(keys, 0) : super.get(keys);
        }
        return hasLooked ? copied(keys, isAging) : looked(0).then(answered -> copied(keys, isAging));
    }

    private Reply<List<GetResult>> copied(List<String> keys, boolean isAging) {
        long number = follower.number();
        long sent = System.nanoTime();
        return super.getAging(keys, 0).map(results -> {
            for (int i = 0; i < keys.size(); i++) {
                StoredEntry entry = results.get(i).entry();
                if (entry != null) {
                    copies.found(keys.get(i), entry, sent, number);
                }
            }
            return isAging
                    ? results
                    : results.stream().map(GetResult::withoutExpired).toList();
        });
    }
}
