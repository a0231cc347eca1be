package io.psycache.benchmarks;

/**
 * Histogram of durations in nanoseconds, each to 1.6 % of itself: 64 classes between a power of two and the next. Used by one
 * thread at a time.
 */
final class Latencies {
    private static final int CLASSES = 64;

    private final long[] counts = new long[CLASSES * Long.SIZE];
    private long total;

    void add(long nanos) {
        counts[position(Math.max(nanos, 1))]++;
        total++;
    }

    void add(Latencies others) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += others.counts[i];
        }
        total += others.total;
    }

    /** @param share of the durations that are no longer, 0 to 1 */
    double microsAt(double share) {
        long left = (long) Math.ceil(share * total);
        for (int i = 0; i < counts.length; i++) {
            left -= counts[i];
            if (left <= 0) {
                return nanosOf(i) / 1_000;
            }
        }
        return Double.NaN;
    }

    private static int position(long nanos) {
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        long within = power < 6 ? (nanos << (6 - power)) : (nanos >> (power - 6));
        return power * CLASSES + (int) (within & (CLASSES - 1));
    }

    /** The end of a class. */
    private static double nanosOf(int position) {
        return Math.scalb(1 + (position % CLASSES + 1.0) / CLASSES, position / CLASSES);
    }
}
