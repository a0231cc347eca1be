package io.psycache.internal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.LoadOutcome;
import io.psycache.LoadOutcome.Source;
import io.psycache.LoadOutcome.Storage;
import io.psycache.internal.backend.Pace;
import io.psycache.internal.backend.Reply;
import io.psycache.internal.load.LoadedValues.Stored;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SingleFlightTests {
    private static final CompletableFuture<Boolean> YES = CompletableFuture.completedFuture(true);

    private final SingleFlight<String> flights = new SingleFlight<>(Runnable::run);

    private Reply<Optional<Landed>> run(String key, Callable<?> load) {
        return run(key, load, value -> YES);
    }

    private Reply<Optional<Landed>> run(
            String key, Callable<?> load, Function<Object, CompletableFuture<Boolean>> share) {
        return run(key, Pace.BLOCKING, null, () -> Pace.BLOCKING.call(load), share);
    }

    private Reply<Optional<Landed>> run(
            String key,
            Pace pace,
            @Nullable CompletableFuture<?> asker,
            Supplier<Reply<Object>> load,
            Function<Object, CompletableFuture<Boolean>> share) {
        return flights.run(
                        key,
                        pace,
                        System.nanoTime(),
                        work -> ifCancelled(asker, work),
                        load,
                        value -> stored(value, share.apply(value)))
                .map(landed -> landed.map(stored -> new Landed(stored.outcome().value())));
    }

    private static void ifCancelled(@Nullable CompletableFuture<?> asker, Runnable work) {
        if (asker != null) {
            asker.whenComplete((value, failure) -> {
                if (asker.isCancelled()) {
                    work.run();
                }
            });
        }
    }

    private static Stored stored(Object value, CompletableFuture<Boolean> isCurrent) {
        LoadOutcome outcome = new LoadOutcome(value, Source.LOADED, Storage.STORED, null, null, null, null);
        return new Stored(outcome, CompletableFuture.completedFuture(Storage.STORED), isCurrent);
    }

    /** The value that a caller got, which may be null. */
    private record Landed(Object value) {}

    private static Throwable failure(Reply<?> reply) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        reply.whenDone((value, problem) -> failure.set(problem));
        return failure.get();
    }

    @Test
    void theValueIsSharedAndReturned() {
        AtomicReference<Object> shared = new AtomicReference<>();

        Reply<Optional<Landed>> landed = run("k", () -> "v", value -> {
            shared.set(value);
            return YES;
        });

        assertThat(landed.get()).contains(new Landed("v"));
        assertThat(shared).hasValue("v");
    }

    @Test
    void theCallerThatLoadsDoesNotWaitForTheVerdict() {
        assertThat(run("k", () -> "v", value -> new CompletableFuture<>()).get())
                .contains(new Landed("v"));
        assertThat(run("k", () -> "w").get()).as("the key is free").contains(new Landed("w"));
    }

    @Test
    void aWaiterTakesTheValueOnTheVerdict() {
        CompletableFuture<Object> loading = new CompletableFuture<>();
        CompletableFuture<Boolean> verdict = new CompletableFuture<>();
        Reply<Optional<Landed>> leader = run("k", Pace.TOLD, null, () -> Reply.coming(loading), value -> verdict);
        CompletableFuture<Optional<Landed>> waiter = run(
                        "k", Pace.TOLD, null, () -> Reply.failed(new AssertionError("a second load")), value -> YES)
                .future();
        loading.complete("v");

        assertThat(leader.get()).contains(new Landed("v"));
        assertThat(waiter).isNotDone();
        verdict.complete(true);
        assertThat(waiter.join()).contains(new Landed("v"));
    }

    @Test
    void aWaiterLooksAgainWhereTheValueMayNotBeShared() {
        CompletableFuture<Object> loading = new CompletableFuture<>();
        run("k", Pace.TOLD, null, () -> Reply.coming(loading), value -> CompletableFuture.completedFuture(false));
        CompletableFuture<Optional<Landed>> waiter =
                run("k", Pace.TOLD, null, () -> Reply.of("w"), value -> YES).future();
        loading.complete("v");

        assertThat(waiter.join()).isEmpty();
    }

    @Test
    void cancellingTheCallerThatLoadsLeavesTheLoadToOthers() {
        CompletableFuture<Object> asker = new CompletableFuture<>();
        run("k", Pace.TOLD, asker, () -> Reply.coming(new CompletableFuture<>()), value -> YES);
        CompletableFuture<Optional<Landed>> waiter =
                run("k", Pace.TOLD, null, () -> Reply.of("w"), value -> YES).future();
        asker.cancel(false);

        assertThat(waiter.join()).isEmpty();
        assertThat(run("k", () -> "v").get()).contains(new Landed("v"));
    }

    @Test
    void cancellingAWaiterLeavesTheLoadToItsCaller() {
        CompletableFuture<Object> loading = new CompletableFuture<>();
        CompletableFuture<Object> asker = new CompletableFuture<>();
        run("k", Pace.TOLD, null, () -> Reply.coming(loading), value -> YES);
        run("k", Pace.TOLD, asker, () -> Reply.of("w"), value -> YES);
        asker.cancel(false);
        CompletableFuture<Optional<Landed>> waiter =
                run("k", Pace.TOLD, null, () -> Reply.of("w"), value -> YES).future();
        loading.complete("v");

        assertThat(waiter.join()).contains(new Landed("v"));
    }

    @Test
    void nullIsAValue() {
        assertThat(run("k", () -> null).get()).contains(new Landed(null));
    }

    @Test
    void theFailureIsTheDirectCauseAndTheKeyIsFreeAgain() {
        for (Throwable failure :
                new Throwable[] {new Exception("checked"), new IllegalStateException(), new StackOverflowError()}) {
            assertThat(failure(run("k", () -> SingleFlightTests.<Object>thrown(failure))))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isSameAs(failure);
        }
        assertThat(run("k", () -> "v").get()).contains(new Landed("v"));
    }

    private static <T> T thrown(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    @Test
    void aStoreThatFailsFreesTheKeyAndIsThrown() {
        IllegalStateException failure = new IllegalStateException("no store");

        Reply<Optional<Landed>> failed = run("k", () -> "v", value -> {
            throw failure;
        });

        assertThatThrownBy(failed::get).isSameAs(failure);
        assertThat(run("k", () -> "w").get()).contains(new Landed("w"));
    }

    @Test
    void aLoadThatAsksForItsOwnKeySaysSo() {
        assertThat(failure(run("k", () -> run("k", () -> "v").get())))
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'k'")
                .hasMessageContaining("asks for the same key");
    }

    @Test
    void aLoadMayAskForAnotherKey() {
        assertThat(run("a", () -> run("b", () -> "v").get()).get()).contains(new Landed(Optional.of(new Landed("v"))));
    }
}
