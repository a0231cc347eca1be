package io.psycache.internal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.internal.load.SingleFlight.Landed;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SingleFlightTests {
    private final SingleFlight<String> flights = new SingleFlight<>();

    @Test
    void theValueIsSharedAndReturned() throws Exception {
        AtomicReference<Object> shared = new AtomicReference<>();

        Optional<Landed> landed = flights.run("k", () -> "v", value -> {
            shared.set(value);
            return true;
        });

        assertThat(landed).contains(new Landed("v"));
        assertThat(shared).hasValue("v");
    }

    @Test
    void whoLoadsGetsTheValueAlsoWhereItMayNotBeShared() throws Exception {
        assertThat(flights.run("k", () -> "v", value -> false)).contains(new Landed("v"));
    }

    @Test
    void nullIsAValue() throws Exception {
        assertThat(flights.run("k", () -> null, value -> true)).contains(new Landed(null));
    }

    @Test
    void theFailureIsTheDirectCauseAndTheKeyIsFreeAgain() throws Exception {
        for (Throwable failure :
                new Throwable[] {new Exception("checked"), new IllegalStateException(), new StackOverflowError()}) {
            assertThatThrownBy(() -> flights.run("k", () -> SingleFlightTests.<Object>thrown(failure), value -> true))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(flights.run("k", () -> "v", value -> true)).contains(new Landed("v"));
    }

    private static <T> T thrown(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @Test
    void aStoreThatFailsFreesTheKeyAndIsThrown() throws Exception {
        IllegalStateException failure = new IllegalStateException("no store");

        assertThatThrownBy(() -> flights.run("k", () -> "v", value -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(flights.run("k", () -> "w", value -> true)).contains(new Landed("w"));
    }

    @Test
    void aLoadThatAsksForItsOwnKeySaysSo() {
        assertThatThrownBy(() -> flights.run("k", () -> flights.run("k", () -> "v", value -> true), value -> true))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'k'")
                .hasMessageContaining("asks for the same key");
    }

    @Test
    void aLoadMayAskForAnotherKey() throws Exception {
        assertThat(flights.run("a", () -> flights.run("b", () -> "v", value -> true), value -> true))
                .contains(new Landed(Optional.of(new Landed("v"))));
    }
}
