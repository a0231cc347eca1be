package io.psycache.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A hit is never stale, whatever the order of what applications do at once; and the usual schemes are caught by the same runner.
 *
 * <p>Of scenarios with more than 2,000 permutations 2,000 are chosen by chance, with {@code -Pexhaustive} all are run. {@code
 * -Dpsycache.seed} repeats a choice, {@code -Dpsycache.most} changes the 2,000, {@code -Dpsycache.scenarios} is a regular
 * expression for the names of those to run.
 */
class ConsistencyTests {
    private static final boolean EXHAUSTIVE = Boolean.getBoolean("psycache.exhaustive");
    private static final long SEED = Long.getLong("psycache.seed", System.nanoTime());
    private static final Interleavers INTERLEAVERS = new Interleavers(EXHAUSTIVE, SEED);
    private static final long BEGIN = System.nanoTime();
    private static final List<Outcome> OUTCOMES = new ArrayList<>();

    /** Under way, or waiting for its turn. */
    private record Run(Scenario scenario, Future<Outcome> outcome) {

        @Override
        public String toString() {
            return scenario.toString();
        }
    }

    static Stream<Run> scenarios() {
        return started(Scenarios.all());
    }

    static Stream<Run> brokenSchemes() {
        return started(BrokenSchemes.all());
    }

    private static Stream<Run> started(Stream<Scenario> scenarios) {
        return scenarios
                .filter(ConsistencyTests::isChosen)
                .map(scenario -> new Run(scenario, INTERLEAVERS.submit(scenario)))
                .toList()
                .stream();
    }

    private static boolean isChosen(Scenario scenario) {
        return scenario.toString().matches(System.getProperty("psycache.scenarios", ".*"));
    }

    private static Outcome ended(Run run) throws Exception {
        Outcome outcome = run.outcome.get();
        OUTCOMES.add(outcome);
        assertThat(outcome.hits()).as("values checked").isPositive();
        assertThat(outcome.copies() > 0)
                .as("values of copies checked")
                .isEqualTo(outcome.scenario().hasCopies());
        return outcome;
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("scenarios")
    void noHitIsStale(Run scenario) throws Exception {
        Outcome outcome = ended(scenario);
        assertThat(outcome.stale()).as(outcome.toString()).isZero();
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("brokenSchemes")
    void brokenSchemeIsCaught(Run broken) throws Exception {
        assertThat(ended(broken).stale()).isPositive();
    }

    @AfterAll
    static void print() throws Exception {
        INTERLEAVERS.close();
        System.out.println(Outcome.table(OUTCOMES)
                + System.lineSeparator()
                + Outcome.summary(OUTCOMES)
                + "; %d s with %d at once; seed %d"
                        .formatted(Duration.ofNanos(System.nanoTime() - BEGIN).toSeconds(), Interleavers.COUNT, SEED));
    }
}
