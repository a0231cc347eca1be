package io.psycache.interleaving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConsistencyTests {
    private static final List<Outcome> OUTCOMES = new ArrayList<>();

    static Stream<Scenario> scenarios() {
        return Scenarios.all().filter(s -> s.toString().matches(System.getProperty("only", ".*")));
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void noHitIsStale(Scenario scenario) throws Exception {
        Outcome outcome = new Interleaver(false, 1).run(scenario);
        OUTCOMES.add(outcome);
        assertThat(outcome.hits()).isPositive();
        assertThat(outcome.stale()).as(outcome.examples().toString()).isZero();
    }

    @AfterAll
    static void print() throws Exception {
        java.nio.file.Files.writeString(java.nio.file.Path.of("target/interleavings.txt"), Outcome.table(OUTCOMES));
        System.out.println(Outcome.table(OUTCOMES));
    }
}
