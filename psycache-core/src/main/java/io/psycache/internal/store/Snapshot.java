package io.psycache.internal.store;

import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of PostgreSQL: what it shows is what had been committed when it was taken. Snapshots of one server follow each other: a
 * later one shows all that an earlier one does.
 */
public final class Snapshot {
    private final String text;
    private final long end;
    private final long[] running;

    private Snapshot(String text, long end, long[] running) {
        this.text = text;
        this.end = end;
        this.running = running;
    }

    /** @param text as of {@code pg_snapshot}: {@code xmin:xmax:xip,...} */
    public static Snapshot of(String text) {
        String[] parts = text.split(":", -1);
        long[] running = parts[2].isEmpty()
                ? new long[0]
                : Stream.of(parts[2].split(",")).mapToLong(Long::parseLong).toArray();
        return new Snapshot(text, Long.parseLong(parts[1]), running);
    }

    /** The text of {@code pg_snapshot}. */
    public String text() {
        return text;
    }

    /** The transaction id from which on it shows nothing. */
    String end() {
        return Long.toString(end);
    }

    /** The transactions below the end that it does not show. */
    String[] running() {
        return Arrays.stream(running).mapToObj(Long::toString).toArray(String[]::new);
    }

    /** Whether it was taken before the other, and shows less: it ends lower, or waits for more transactions. */
    public boolean isOlderThan(Snapshot other) {
        return end < other.end || end == other.end && running.length > other.running.length;
    }

    /** Whether all that {@code collected} shows is shown here too; null shows nothing. */
    public boolean showsAllOf(@Nullable Snapshot collected) {
        return collected == null
                || end > collected.end && Arrays.stream(running).noneMatch(collected::shows);
    }

    private boolean shows(long transaction) {
        return transaction < end && Arrays.stream(running).noneMatch(id -> id == transaction);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Snapshot snapshot && text.equals(snapshot.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
