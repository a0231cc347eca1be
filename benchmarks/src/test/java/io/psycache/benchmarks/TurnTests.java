package io.psycache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class TurnTests {

    @Test
    void operationsAreCountedAndTheirBytesAreThoseOfTheProcess() throws Exception {
        byte[][] kept = new byte[1][];
        Turn.Figures figures = new Turn(2, Duration.ofMillis(200)).of(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            kept[0] = new byte[100_000];
            return 10;
        });

        assertThat(figures.bytes()).isCloseTo(10_000, Percentage.withPercentage(20));
        assertThat(figures.p99Micros()).isGreaterThan(1_000);
        assertThat(figures.perSecond()).isLessThanOrEqualTo(20 / 0.001);
    }

    @Test
    void whatIsLeftUnderWayCountsWhenItHasEnded() throws Exception {
        Turn.Figures figures = new Turn(1, Duration.ofMillis(1)).of(new Load() {
            @Override
            public int run() {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                return 1;
            }

            @Override
            public void settle() {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            }
        });

        assertThat(figures.perSecond()).isLessThan(10);
    }

    @Test
    void aFailureOfACallerFailsTheTurn() {
        assertThatThrownBy(() -> new Turn(2, Duration.ofMillis(1)).of(() -> {
                    throw new IllegalStateException("a miss");
                }))
                .hasMessage("a miss");
    }

    @Test
    void latenciesAreWithinTwoPercent() {
        Latencies latencies = new Latencies();
        for (int micros = 1; micros <= 1_000; micros++) {
            latencies.add(micros * 1_000L);
        }

        assertThat(latencies.microsAt(0.99)).isCloseTo(990, within(20.0));
        assertThat(latencies.microsAt(0.5)).isCloseTo(500, within(10.0));
    }

    @Test
    void everybodyHasATurnInEachRoundAndTheOrderChanges() throws Exception {
        List<String> turns = new ArrayList<>();
        Map<String, Callable<Integer>> compared = new LinkedHashMap<>();
        compared.put("a", () -> turn(turns, "a"));
        compared.put("b", () -> turn(turns, "b"));

        assertThat(new Rounds(2, Duration.ofSeconds(1)).of(compared))
                .containsExactly(Map.entry("a", List.of(4, 5)), Map.entry("b", List.of(3, 6)));
        assertThat(turns).containsExactly("a", "b", "b", "a", "a", "b");
    }

    private static int turn(List<String> turns, String name) {
        turns.add(name);
        return turns.size();
    }
}
