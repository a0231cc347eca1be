package io.psycache.internal.near;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.Eviction;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.GetResult.StoredEntry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The copies of entries in this process, up to a number of bytes. Which of them are valid {@link LogFollower} says. Thread-safe. */
public final class NearCopies {
    /** Of what was read lately there is room for one key per 4 KB of copies, and for this many at most, which take 4 MB. */
    private static final int MOST_KEYS = 1 << 20;

    private static final int FEWEST_KEYS = 1 << 6;

    /** Puts keys that differ little far apart: 2^32 divided by the golden ratio (Knuth, The Art of Computer Programming 3, 6.4). */
    private static final int SPREAD = 0x9E3779B9;

    /** So many keys share their places: with one each, two keys that are read in turns would always forget each other. */
    private static final int PLACES = 4;

    private final Cache<String, NearCopy> copies;

    /** Hashes of keys read lately. Without a lock: of two at once, either may be forgotten. */
    private final int[] read;

    private final LongAdder hits = new LongAdder();

    /** @param maximumSize bytes that all take, about */
    public NearCopies(long maximumSize) {
        this.copies = Caffeine.newBuilder()
                .maximumWeight(maximumSize)
                .weigher((String key, NearCopy copy) -> copy.weight())
                .executor(Runnable::run)
                .build();
        this.read =
                new int[Integer.highestOneBit((int) Math.max(FEWEST_KEYS, Math.min(MOST_KEYS, maximumSize / 4_096)))];
    }

    /** Whether one of the keys has been read lately; notes that they are. */
    public boolean isAnyReadAgain(List<String> keys) {
        boolean isAny = false;
        for (int i = 0; i < keys.size(); i++) {
            isAny |= isReadAgain(keys.get(i));
        }
        return isAny;
    }

    private boolean isReadAgain(String key) {
        int hash = key.hashCode() * SPREAD;
        int set = (hash >>> 32 - Integer.numberOfTrailingZeros(read.length)) & -PLACES;
        for (int place = set; place < set + PLACES; place++) {
            if (read[place] == hash) {
                return true;
            }
        }
        System.arraycopy(read, set, read, set + 1, PLACES - 1);
        read[set] = hash;
        return false;
    }

    public @Nullable NearCopy get(String key) {
        return copies.getIfPresent(key);
    }

    /** Keeps an entry that a get has found, if it is one of which there may be copies; a later find stays. */
    public void found(String key, StoredEntry entry, long sent, long number) {
        if (mayBeCopied(entry)) {
            NearCopy copy = new NearCopy(key, entry, sent, number);
            copies.asMap().merge(key, copy, (known, next) -> known.number() > next.number() ? known : next);
        }
    }

    /** Keeps an entry that was stored: it replaces what was found before. @param size in the table, in bytes */
    public void stored(Entry entry, int size, long sent, long number) {
        StoredEntry stored = new StoredEntry(entry.json(), size, entry.type(), entry.ttl(), entry.tags(), null);
        if (mayBeCopied(stored)) {
            copies.put(entry.key(), new NearCopy(entry.key(), stored, sent, number));
        }
    }

    /** Untyped JSON is that of other programs; a number may be a counter, which others change all the time. */
    private static boolean mayBeCopied(StoredEntry entry) {
        return entry.type() != null
                && entry.tags() != null
                && entry.tags().stream().noneMatch(Objects::isNull)
                && !isNumber(entry.json())
                && lasts(entry.remaining());
    }

    private static boolean lasts(@Nullable Duration remaining) {
        return remaining == null || remaining.compareTo(NearCopy.LOST) > 0;
    }

    private static boolean isNumber(byte[] json) {
        return json.length > 0 && (json[0] == '-' || json[0] >= '0' && json[0] <= '9');
    }

    public void remove(NearCopy copy) {
        copies.asMap().remove(copy.key(), copy);
    }

    /** A get has found a valid copy. */
    public void hit() {
        hits.increment();
    }

    public long hits() {
        return hits.sum();
    }

    /** How many there are, about. */
    public long count() {
        return copies.estimatedSize();
    }

    /** Bytes that they take, about. */
    public long bytes() {
        return copies.policy()
                .eviction()
                .map(bound -> bound.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** @param maximumSize bytes that all may take from now on, about */
    public void resize(long maximumSize) {
        copies.policy().eviction().ifPresent(bound -> bound.setMaximum(maximumSize));
    }

    /** Bytes that all may take, about. */
    public long maximumSize() {
        return copies.policy().eviction().map(Eviction::getMaximum).orElse(0L);
    }

    public void clear() {
        copies.invalidateAll();
    }
}
