package io.psycache.internal.store;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot of a put within a transaction, with that transaction's own changes shown as they will be after its commit.
 * PostgreSQL's own text does not show them: the own id is usually not below {@code xmax}.
 */
final class OwnSnapshot {

    /** Ids between xmax and the own one that are listed one by one; a wider gap means that the value is not put. */
    private static final long WIDEST_GAP = 1_000;

    private OwnSnapshot() {}

    static @Nullable LoadToken token(@Nullable String epoch, String snapshot, String ownXid, long logId) {
        String shown = epoch == null ? null : showing(snapshot, Long.parseLong(ownXid));
        return epoch == null || shown == null
                ? null
                : new LoadToken(epoch, shown, new LoadToken.OwnWrites(ownXid, logId, false));
    }

    static @Nullable String showing(String snapshot, long ownXid) {
        String[] parts = snapshot.split(":", -1);
        long xmax = Long.parseLong(parts[1]);
        if (ownXid < xmax) {
            return snapshot;
        }
        if (ownXid - xmax > WIDEST_GAP) {
            return null;
        }
        Set<String> running = new LinkedHashSet<>();
        if (!parts[2].isEmpty()) {
            running.addAll(Set.of(parts[2].split(",")));
        }
        for (long xid = xmax; xid < ownXid; xid++) {
            running.add(Long.toString(xid));
        }
        return xmin(parts[0], running, ownXid) + ":" + (ownXid + 1) + ":" + sorted(running);
    }

    /** Whether a snapshot of one server shows less than the other: it ends lower, or waits for more transactions. */
    static boolean isOlder(String one, String other) {
        int ends = Long.compare(xmax(one), xmax(other));
        return ends < 0 || ends == 0 && running(one) > running(other);
    }

    private static long xmax(String snapshot) {
        return Long.parseLong(snapshot.split(":", -1)[1]);
    }

    private static int running(String snapshot) {
        String xip = snapshot.split(":", -1)[2];
        return xip.isEmpty() ? 0 : xip.split(",").length;
    }

    private static String xmin(String xmin, Set<String> running, long ownXid) {
        return running.isEmpty()
                ? Long.toString(ownXid + 1)
                : Long.toString(Math.min(Long.parseLong(xmin), least(running)));
    }

    private static long least(Set<String> xids) {
        return xids.stream().mapToLong(Long::parseLong).min().orElseThrow();
    }

    private static String sorted(Set<String> xids) {
        return String.join(
                ",",
                xids.stream()
                        .mapToLong(Long::parseLong)
                        .sorted()
                        .mapToObj(Long::toString)
                        .toList());
    }
}
