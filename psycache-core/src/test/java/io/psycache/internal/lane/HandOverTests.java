package io.psycache.internal.lane;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.instrumentation.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/** Interleavings of the hand-over of a lane, chosen by a model checker; and a broken one, which it must catch. */
class HandOverTests {
    private static final int INVOCATIONS = 150;

    /** At most: it ends with the first one that is caught. */
    private static final int BROKEN_INVOCATIONS = 2_000;

    @Test
    void everyCallerIsAnswered() {
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> callTogether(new Lanes("psycache-lane", 1, 2, Duration.ofHours(1), Runnable::run, new Heard())));
    }

    @Test
    void aLaneThatIsFreedWithoutALookAtTheQueueIsCaught() {
        assertThatThrownBy(
                        () -> Lincheck.runConcurrentTest(BROKEN_INVOCATIONS, () -> callTogether(new ForgetfulLanes())))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static void callTogether(Lanes lanes) {
        List<Integer> answers = new CopyOnWriteArrayList<>();
        Route<Integer, Integer> route = lanes.route(Operation.GET, question -> 1, HandOverTests::send);
        Thread first = new Thread(() -> answers.add(lanes.call(route, 1, true)));
        Thread second = new Thread(() -> answers.add(lanes.call(route, 2, true)));
        first.start();
        second.start();
        join(first);
        join(second);
        if (answers.size() != 2
                || !answers.containsAll(List.of(1, 2))) { // AssertJ does not live within the model checker
            throw new AssertionError(answers.toString());
        }
    }

    private static void send(List<Call<Integer, Integer>> calls, long deadline) {
        calls.forEach(call -> call.answer(call.question()));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Who queues between its look at the queue and the release waits for ever. */
    private static final class ForgetfulLanes extends Lanes {

        private ForgetfulLanes() {
            super("psycache-lane", 1, 2, Duration.ofHours(1), Runnable::run, new Heard());
        }

        @Override
        boolean isFreed() {
            release();
            return true;
        }
    }
}
