package io.psycache.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** When a breaker opens, how it probes, and when it closes. */
@ExtendWith(OutputCaptureExtension.class)
class BreakerTests {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<CompletableFuture<Boolean>> probes = new CopyOnWriteArrayList<>();
    private final Breaker breaker = new Breaker(LONG, this::probe);

    private CompletableFuture<Boolean> probe() {
        CompletableFuture<Boolean> probe = new CompletableFuture<>();
        probes.add(probe);
        return probe;
    }

    @BeforeAll
    static void logMore() {
        LoggingSystem.get(BreakerTests.class.getClassLoader()).setLogLevel(Breaker.class.getName(), LogLevel.INFO);
    }

    @AfterEach
    void close() {
        breaker.close();
    }

    private void reads(String outcomes) {
        outcomes.chars().forEach(outcome -> {
            if (outcome == 'x') {
                breaker.failed("no answer");
            } else {
                breaker.answered();
            }
        });
    }

    private CompletableFuture<Boolean> probe(int number) {
        await().until(() -> probes.size() == number);
        return probes.get(number - 1);
    }

    @Test
    void fourFailuresAreTooFew() {
        reads("xxxx");
        assertThat(breaker.isOpen()).isFalse();
        reads("x");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void fourOfTheLastTenAreTooFewHoweverManyWereAnsweredBefore() {
        reads("................xxxx");
        assertThat(breaker.isOpen()).isFalse();
        reads("x");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void halfIsEnough() {
        reads(".x.x.");
        assertThat(breaker.isOpen()).isFalse();
        reads("x");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void anAnswerDoesNotOpenIt() {
        reads("xxxx......");
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void failuresOfLongAgoDoNotCount() {
        Breaker forgetful = new Breaker(Duration.ofMillis(1), this::probe);
        for (int i = 0; i < 4; i++) {
            forgetful.failed("no answer");
        }
        long failed = System.nanoTime();
        await().pollInterval(Duration.ofMillis(100)).until(() -> System.nanoTime() - failed > 2_100_000_000L);
        forgetful.failed("no answer");
        assertThat(forgetful.isOpen()).isFalse();
    }

    @Test
    void itClosesAfterTwoProbesInARow() {
        reads("xxxxx");
        probe(1).complete(true);
        assertThat(breaker.isOpen()).isTrue();
        probe(2).completeExceptionally(new IllegalStateException("down"));
        probe(3).complete(true);
        probe(4);
        assertThat(breaker.isOpen()).isTrue();
        probe(4).complete(true);
        assertThat(breaker.isOpen()).isFalse();
        assertThat(probes).hasSize(4);
    }

    @Test
    void thereIsOneProbeAtATimeAndPausesBetween() {
        reads("xxxxxxxxxx");
        long opened = System.nanoTime();
        for (int i = 1; i <= 4; i++) {
            probe(i).completeExceptionally(new IllegalStateException("down"));
        }
        assertThat(Duration.ofNanos(System.nanoTime() - opened))
                .as("0.1 + 0.2 + 0.4 + 0.8 s")
                .isGreaterThan(Duration.ofMillis(1_400));
        assertThat(probes).hasSize(4);
    }

    @Test
    void whereReadsStillFailItOpensAtTheNextFailure() {
        reads("xxxxx");
        probe(1).complete(true);
        probe(2).complete(true);
        reads("..x");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void itIsLoggedOnceEachWay(CapturedOutput output) {
        reads("xxxxxxxx");
        assertThat(output).containsOnlyOnce("WARN").containsOnlyOnce("circuit breaker of the cache is open");
        assertThat(output).contains("The last reason was: no answer").doesNotContain("is closed");
        probe(1).complete(true);
        probe(2).complete(true);
        assertThat(output).containsOnlyOnce("INFO").containsOnlyOnce("circuit breaker of the cache is closed after");
    }

    @Test
    void whatOpensAgainWithinTenSecondsIsNotLogged(CapturedOutput output) {
        reads("xxxxx");
        probe(1).complete(true);
        probe(2).complete(true);
        reads("x");
        probe(3).complete(true);
        probe(4).complete(true);
        assertThat(output).containsOnlyOnce("is open").containsOnlyOnce("is closed");
    }

    @Test
    void theStateHasTheReason() {
        assertThat(breaker.state().isOpen()).isFalse();
        reads("xxxxx");
        assertThat(breaker.state().isOpen()).isTrue();
        assertThat(breaker.state().reason()).isEqualTo("no answer");
    }

    @Test
    void itDoesNotProbeOnceItIsClosed() {
        reads("xxxxx");
        probe(1);
        breaker.close();
        probe(1).completeExceptionally(new IllegalStateException("down"));
        await().during(Duration.ofMillis(500)).until(() -> probes.size() == 1);
    }
}
