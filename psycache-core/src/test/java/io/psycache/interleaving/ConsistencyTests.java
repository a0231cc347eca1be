package io.psycache.interleaving;

import static io.psycache.interleaving.Steps.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.interleaving.Steps.Eviction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConsistencyTests {
    private static final List<Outcome> OUTCOMES = new ArrayList<>();

    static Stream<Scenario> scenarios() {
        return Stream.of(Eviction.values())
                .map(eviction -> Scenario.of("writer, loader, reader: " + eviction)
                        .session("W", write(1), evict(eviction), commit())
                        .session("L", slowLoader())
                        .session("R", get()));
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
    static void print() {
        System.out.println(Outcome.table(OUTCOMES));
    }
}
