package io.psycache.interleaving;

import static io.psycache.interleaving.Step.act;
import static io.psycache.interleaving.Steps.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.testsupport.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the runner does about steps that wait or fail. */
class PlayTests {
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());

    private Step tell(String what, Step.Action action) {
        return act(what, caller -> {
            action.run(caller);
            told.add(what);
        });
    }

    /** Told before it is done, after which another session may go on at once. */
    private Step tellFirst(String what, Step.Action action) {
        return act(what, caller -> {
            told.add(what);
            action.run(caller);
        });
    }

    private static Trial play(Scenario scenario, int... order) throws SQLException {
        byte[] sessions = new byte[order.length];
        for (int i = 0; i < order.length; i++) {
            sessions[i] = (byte) order[i];
        }
        try (Stage stage = new Stage(TestDatabase.create())) {
            return new Play(scenario, stage).run(sessions);
        }
    }

    @Test
    void aStepThatWaitsForALockLetsOthersGoOn() throws Exception {
        Scenario scenario = Scenario.of("two writers of one row")
                .session("A", tell("A writes", caller -> caller.write(1)), tellFirst("A commits", Caller::commit))
                .session("B", tell("B writes", caller -> caller.write(2)), tell("B commits", Caller::commit));

        play(scenario, 0, 1, 1, 0);

        assertThat(told).containsExactly("A writes", "A commits", "B writes", "B commits");
    }

    @Test
    void aTransactionThatPostgresRefusesIsRolledBackAndItsOtherStepsAreLeftOut() throws Exception {
        Scenario scenario = Scenario.of("two repeatable-read writers of one row")
                .session("A", beginRepeatableRead(), write(1), tell("A commits", Caller::commit))
                .session("B", beginRepeatableRead(), write(2), tell("B commits", Caller::commit));

        play(scenario, 0, 1, 0, 0, 1, 1);

        assertThat(told).containsExactly("A commits");
    }

    @Test
    void whatIsHeldIsStoredWhenItIsReleased() throws Exception {
        Scenario scenario = Scenario.of("slow put")
                .session("P", putSlowly(0))
                .session("R", tell("read", caller -> told.add("hits " + readHits(caller))));

        play(scenario, 0, 1, 0);
        play(scenario, 0, 0, 1);

        assertThat(told).containsExactly("hits 0", "read", "hits 1", "read");
    }

    private static int readHits(Caller caller) {
        int before = caller.trial.hits();
        caller.get();
        return caller.trial.hits() - before;
    }

    @Test
    void aStaleHitIsCounted() throws Exception {
        Scenario scenario = Scenario.of("put of what is not so").session("P", put(7), get());

        assertThat(play(scenario, 0, 0).stale()).containsExactly("7 instead of 0", "7 instead of 0");
    }

    @Test
    void aStepThatFailsFailsTheTest() {
        Scenario scenario = Scenario.of("failure").session("F", act("fail", caller -> {
            throw new IllegalArgumentException("no");
        }));

        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> play(scenario, 0))
                .withCauseInstanceOf(IllegalArgumentException.class);
    }
}
