package io.psycache.internal.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a value is to be loaded before its end. */
class RefreshTests {
    private static final long LOAD = TimeUnit.SECONDS.toNanos(1);

    /** {@code -ln(0.5)} is 0.69, so a load of 1 s is due 0.69 s before the end. */
    @ParameterizedTest
    @CsvSource({
        "690, 1, 0.5, true",
        "700, 1, 0.5, false",
        "1380, 2, 0.5, true",
        "1, 0, 0.5, false",
        "4600, 1, 0.01, true"
    })
    void theCloserTheEndTheMoreProbably(long remainingMillis, double beta, double random, boolean isEarly) {
        assertThat(Refresher.isEarly(Duration.ofMillis(remainingMillis), LOAD, beta, random))
                .isEqualTo(isEarly);
    }

    /** P(-ln(U) >= 1) is 1/e. */
    @Test
    void theTimeOfALoadBeforeTheEndOneOfThreeLoads() {
        long early = IntStream.range(0, 10_000)
                .filter(i -> "early".equals(Refresher.reason(1, Duration.ofSeconds(1), LOAD)))
                .count();
        assertThat(early).isBetween(3_400L, 3_960L);
    }

    @Test
    void nothingIsEarlyBeforeALoadWasMeasured() {
        assertThat(Refresher.isEarly(Duration.ofMillis(1), 0, 1_000, 0.001)).isFalse();
    }

    @Test
    void whatNeverEndsIsNotLoadedAgain() {
        assertThat(Refresher.reason(1_000, null, LOAD)).isNull();
    }

    @Test
    void whatHasEndedIsStale() {
        assertThat(Refresher.reason(1_000, Duration.ZERO, LOAD)).isEqualTo("stale");
    }
}
