package io.psycache.benchmarks;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** Numbers of entries of which few are asked for often: that of rank n with a weight of 1 / n^skew. Thread-safe. */
final class Zipf {
    private final double[] sums;

    Zipf(Keys keys, double skew) {
        this.sums = new double[keys.count()];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += Math.pow(i + 1, -skew);
            sums[i] = sum;
        }
    }

    int random() {
        double sum = ThreadLocalRandom.current().nextDouble(sums[sums.length - 1]);
        int found = Arrays.binarySearch(sums, sum);
        return Math.min(found < 0 ? -found - 1 : found, sums.length - 1);
    }
}
