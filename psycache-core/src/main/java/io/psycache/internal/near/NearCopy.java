package io.psycache.internal.near;

import io.psycache.internal.store.GetResult;
import io.psycache.internal.store.GetResult.StoredEntry;
import io.psycache.internal.store.Token;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A copy of an entry in this process. Thread-safe. */
public final class NearCopy {
    /** What the objects of a copy take beside its key, tags and value, in bytes: about, and rather too much. */
    private static final int OVERHEAD = 400;

    /** The clocks of database and process may differ by no more than when the process began to follow the log. */
    static final Duration DRIFT = Duration.ofSeconds(1);

    /**
     * By this much a copy expires earlier than its entry, as the clocks may have drifted when it was made, and since. No copy outlives its
     * row: once that is deleted, nothing tells that its key is put again.
     */
    static final Duration LOST = DRIFT.multipliedBy(2);

    /** Longer than a process runs; nanoseconds end after 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final String key;
    private final GetResult hit;
    private final @Nullable Long deadline;
    private volatile long number;

    /**
     * @param entry with its tags, and the time that it has left
     * @param sent when the get or the put was that has found or stored it, as {@link System#nanoTime()}
     * @param number of the last news before that
     */
    NearCopy(String key, StoredEntry entry, long sent, long number) {
        Duration remaining = entry.remaining();
        this.key = key;
        this.hit = new GetResult(entry.withRemaining(null).shared(), null);
        this.deadline = remaining == null || remaining.compareTo(LONGEST) > 0
                ? null
                : sent + remaining.minus(LOST).toNanos();
        this.number = number;
    }

    String key() {
        return key;
    }

    List<String> tags() {
        return Objects.requireNonNull(entry().tags());
    }

    private StoredEntry entry() {
        return Objects.requireNonNull(hit.entry());
    }

    long number() {
        return number;
    }

    /** Of two confirmations at once the lower number may stay, which is right as well. */
    void confirm(long last) {
        if (last != number) {
            number = last;
        }
    }

    boolean hasExpired() {
        return deadline != null && deadline - System.nanoTime() <= 0;
    }

    /** The copy as the result of a get. */
    public GetResult hit() {
        return hit;
    }

    /** {@link #hit} with the time that it has left now. @param token of a load that begins now */
    public GetResult aging(@Nullable Token token) {
        return deadline == null
                ? hit
                : new GetResult(entry().withRemaining(LOST.plusNanos(deadline - System.nanoTime())), token);
    }

    /** Bytes that the copy takes, about: its value as JSON, and one and a half times as much decoded, where it consists of objects. */
    int weight() {
        int tags = tags().stream().mapToInt(tag -> tag.length() + 64).sum();
        return OVERHEAD + 5 * entry().json().length / 2 + key.length() + tags;
    }
}
