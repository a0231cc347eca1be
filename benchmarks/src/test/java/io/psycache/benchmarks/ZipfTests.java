package io.psycache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ZipfTests {
    private static final int DRAWN = 100_000;

    @Test
    void aNumberIsDrawnAsOftenAsItsRankSays() {
        Zipf zipf = new Zipf(new Keys(10), 0.99);
        int[] counts = new int[10];
        IntStream.range(0, DRAWN).forEach(i -> counts[zipf.random()]++);

        double sum = DoubleStream.iterate(1, n -> n + 1)
                .limit(10)
                .map(n -> Math.pow(n, -0.99))
                .sum();
        for (int rank = 1; rank <= 10; rank++) {
            assertThat(counts[rank - 1] / (double) DRAWN).isCloseTo(Math.pow(rank, -0.99) / sum, within(0.01));
        }
    }
}
