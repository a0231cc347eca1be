package io.psycache.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
    private static final Interleaver INTERLEAVER = new Interleaver(EXHAUSTIVE, SEED);
    private static final List<Outcome> OUTCOMES = new ArrayList<>();

    static Stream<Scenario> scenarios() {
        return Scenarios.all().filter(ConsistencyTests::isChosen);
    }

    static Stream<Scenario> brokenSchemes() {
        return BrokenSchemes.all().filter(ConsistencyTests::isChosen);
    }

    private static boolean isChosen(Scenario scenario) {
        return scenario.toString().matches(System.getProperty("psycache.scenarios", ".*"));
    }

    private static Outcome run(Scenario scenario) throws Exception {
        Outcome outcome = INTERLEAVER.run(scenario);
        OUTCOMES.add(outcome);
        assertThat(outcome.hits()).as("values checked").isPositive();
        return outcome;
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("scenarios")
    void noHitIsStale(Scenario scenario) throws Exception {
        Outcome outcome = run(scenario);
        assertThat(outcome.stale()).as(outcome.toString()).isZero();
    }

    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("brokenSchemes")
    void brokenSchemeIsCaught(Scenario broken) throws Exception {
        assertThat(run(broken).stale()).isPositive();
    }

    @AfterAll
    static void print() throws Exception {
        INTERLEAVER.close();
        System.out.println(Outcome.table(OUTCOMES) + System.lineSeparator() + Outcome.summary(OUTCOMES, SEED));
    }
}
