package io.psycache.interleaving;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** Orders of the steps of several sessions that keep each session's own order: lists of indexes of sessions. */
final class Permutations {
    private final int[] steps;

    /** @param steps how many each session has */
    Permutations(int... steps) {
        this.steps = steps.clone();
    }

    /** (a + b + ...)! / (a! b! ...) */
    long count() {
        BigInteger count = factorial(Arrays.stream(steps).sum());
        for (int each : steps) {
            count = count.divide(factorial(each));
        }
        return count.longValueExact();
    }

    private static BigInteger factorial(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(BigInteger::valueOf).reduce(BigInteger.ONE, BigInteger::multiply);
    }

    List<byte[]> all() {
        List<byte[]> all = new ArrayList<>();
        extend(new byte[Arrays.stream(steps).sum()], 0, steps.clone(), all);
        return all;
    }

    private static void extend(byte[] order, int length, int[] left, List<byte[]> all) {
        if (length == order.length) {
            all.add(order.clone());
            return;
        }
        for (int session = 0; session < left.length; session++) {
            if (left[session] > 0) {
                left[session]--;
                order[length] = (byte) session;
                extend(order, length + 1, left, all);
                left[session]++;
            }
        }
    }

    /** Different ones, each as likely as any other. */
    List<byte[]> sample(int size, Random random) {
        Set<ByteBuffer> sample = new LinkedHashSet<>();
        while (sample.size() < size) {
            sample.add(ByteBuffer.wrap(shuffled(random)));
        }
        return sample.stream().map(ByteBuffer::array).toList();
    }

    private byte[] shuffled(Random random) {
        byte[] order = new byte[Arrays.stream(steps).sum()];
        int length = 0;
        for (int session = 0; session < steps.length; session++) {
            Arrays.fill(order, length, length += steps[session], (byte) session);
        }
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte swapped = order[i];
            order[i] = order[other];
            order[other] = swapped;
        }
        return order;
    }
}
