package io.psycache.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.psycache.instrumentation.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessResourceException;

/** Questions are numbers, answers are texts; 0 holds its lane until it is released. */
class LanesTests {
    private static final int HOLD = 0;
    private static final int REFUSED = -1;
    private static final int FAILING = -2;
    private static final int BROKEN = -3;

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final ExecutorService callbacks = Executors.newCachedThreadPool();
    private final List<List<Integer>> sent = new CopyOnWriteArrayList<>();
    private final List<Thread> carriers = new CopyOnWriteArrayList<>();
    private final List<Thread> waiting = new CopyOnWriteArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final Heard heard = new Heard();
    private Lanes lanes;
    private Route<Integer, String> route;

    private void open(int count, int maxBatch, Duration timeout) {
        lanes = new Lanes("psycache-lane", count, maxBatch, timeout, callbacks, heard);
        route = lanes.route(Operation.GET, question -> 1, this::send);
    }

    private void open(int maxBatch) {
        open(1, maxBatch, Duration.ofSeconds(60));
    }

    @AfterEach
    void close() {
        release.countDown();
        lanes.close();
        callers.shutdownNow();
        callbacks.shutdown();
    }

    private void send(List<Call<Integer, String>> calls, long deadline) {
        sent.add(calls.stream().map(Call::question).toList());
        carriers.add(Thread.currentThread());
        for (Call<Integer, String> call : calls) {
            switch (call.question()) {
                case HOLD -> hold();
                case REFUSED -> call.fail(new IllegalArgumentException("refused"));
                case FAILING -> throw new IllegalStateException("down");
                case BROKEN -> throw new StackOverflowError();
                default -> {}
            }
            call.answer("answer " + call.question());
        }
    }

    private void hold() {
        held.countDown();
        boolean interrupted = false;
        while (true) {
            try {
                assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
                break;
            } catch (InterruptedException e) { // as a socket, which does not mind
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Future<String> ask(int question) {
        return callers.submit(() -> lanes.call(route, question, true));
    }

    /** The lane is taken from now on, until it is released. */
    private Future<String> askAndHold() throws InterruptedException {
        Future<String> holder = ask(HOLD);
        assertThat(held.await(60, TimeUnit.SECONDS)).isTrue();
        return holder;
    }

    /** Asks, and is known to wait when this returns. */
    private Future<String> askAndWait(int question) {
        int before = waiting.size();
        Future<String> future = callers.submit(() -> {
            waiting.add(Thread.currentThread());
            return lanes.call(route, question, true);
        });
        await().until(() -> waiting.size() > before && isParked(waiting.get(before)));
        return future;
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && List.of(thread.getStackTrace()).stream()
                        .anyMatch(frame -> frame.getClassName().equals(Lanes.class.getName()));
    }

    private CompletableFuture<String> tell(int question) {
        return lanes.start(route, question);
    }

    private static <T> T of(Future<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theListenerIsToldOfEveryBatchAndHowLongItsCallsHaveWaited() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        List<Future<String>> others = List.of(askAndWait(1), askAndWait(2));
        release.countDown();

        of(holder);
        for (Future<String> other : others) {
            of(other);
        }
        assertThat(heard.batches).containsExactly("get 1", "get 2");
        assertThat(heard.waits).hasSize(3).allMatch(wait -> wait >= 0);
        assertThat(heard.waits.get(1)).isGreaterThanOrEqualTo(heard.waits.get(2));
    }

    @Test
    void aLoneCallerSendsOnItsOwnThread() {
        open(10);

        assertThat(lanes.call(route, 1, true)).isEqualTo("answer 1");
        assertThat(lanes.call(route, 2, true)).isEqualTo("answer 2");
        assertThat(carriers).containsOnly(Thread.currentThread());
        assertThat(sent).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void whoQueuesMeanwhileGoesTogetherInOrderOnTheThreadOfTheLast() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        List<Future<String>> others = List.of(askAndWait(1), askAndWait(2), askAndWait(3));
        release.countDown();

        assertThat(of(holder)).isEqualTo("answer 0");
        for (int i = 0; i < 3; i++) {
            assertThat(of(others.get(i))).isEqualTo("answer " + (i + 1));
        }
        assertThat(sent).containsExactly(List.of(0), List.of(1, 2, 3));
        assertThat(carriers.get(1)).isSameAs(waiting.get(2));
    }

    @Test
    void aBatchHasNoMoreThanItMayAndACallerSendsOnce() throws Exception {
        open(2);
        Future<String> holder = askAndHold();
        List<Future<String>> others = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            others.add(askAndWait(i));
        }
        release.countDown();

        of(holder);
        for (Future<String> other : others) {
            of(other);
        }
        assertThat(sent).containsExactly(List.of(0), List.of(1, 2), List.of(3, 4), List.of(5));
        assertThat(carriers).doesNotHaveDuplicates();
    }

    @Test
    void anotherLaneIsFreeWhileOneHangs() throws Exception {
        open(2, 10, Duration.ofSeconds(60));
        Future<String> holder = askAndHold();

        assertThat(lanes.call(route, 1, true)).isEqualTo("answer 1");
        assertThat(holder).isNotDone();
    }

    @Test
    void theKindThatHasWaitedLongestIsNext() throws Exception {
        open(10);
        Route<Integer, String> other = lanes.route(Operation.REMOVE, question -> 1, this::send);
        Future<String> holder = askAndHold();
        CompletableFuture<String> first = lanes.start(other, 7);
        CompletableFuture<String> second = tell(8);
        CompletableFuture<String> third = lanes.start(other, 9);
        release.countDown();

        of(holder);
        assertThat(List.of(of(first), of(second), of(third))).containsExactly("answer 7", "answer 8", "answer 9");
        assertThat(sent).containsExactly(List.of(0), List.of(7, 9), List.of(8));
    }

    @Test
    void anInterruptedWaiterLeavesStaysInterruptedAndIsNotSent() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        Future<Boolean> waiter = callers.submit(() -> {
            waiting.add(Thread.currentThread());
            assertThatExceptionOfType(TransientDataAccessResourceException.class)
                    .isThrownBy(() -> lanes.call(route, 1, true))
                    .withMessageContaining("interrupted")
                    .withMessageContaining("get 1 key");
            return Thread.currentThread().isInterrupted();
        });
        await().until(() -> waiting.size() == 1 && isParked(waiting.get(0)));
        waiting.get(0).interrupt();

        assertThat(of(waiter)).isTrue();
        Future<String> other = askAndWait(2);
        release.countDown();
        of(holder);
        assertThat(of(other)).isEqualTo("answer 2");
        assertThat(sent).containsExactly(List.of(0), List.of(2));
    }

    @Test
    void anInterruptedLeaderCarriesItsBatchAndStaysInterrupted() throws Exception {
        open(10);
        Future<Boolean> leader = callers.submit(() -> {
            waiting.add(Thread.currentThread());
            assertThat(lanes.call(route, HOLD, true)).isEqualTo("answer 0");
            return Thread.currentThread().isInterrupted();
        });
        held.await();
        waiting.get(0).interrupt();
        CompletableFuture<String> other = tell(1);
        release.countDown();

        assertThat(of(leader)).isTrue();
        assertThat(of(other)).isEqualTo("answer 1");
    }

    @Test
    void aWaiterStopsWaitingInTimeAndSaysWhatForAndIsNotSent() throws Exception {
        open(1, 10, Duration.ofMillis(50));
        Future<String> holder = askAndHold();

        assertThatExceptionOfType(QueryTimeoutException.class)
                .isThrownBy(() -> lanes.call(route, 1, true))
                .withMessageContaining("psycache.timeout (50 ms)")
                .withMessageContaining("get 1 key")
                .withMessageContaining("before it was sent");
        release.countDown();
        of(holder);
        await().until(() -> route.head() == null);
        assertThat(sent).containsExactly(List.of(0));
    }

    @Test
    void afterAHangAThreadOfTheLanesFindsOutWhetherThereAreAnswersAgain() throws Exception {
        open(1, 10, Duration.ofMillis(50));
        Future<String> holder = askAndHold();
        assertThatExceptionOfType(QueryTimeoutException.class).isThrownBy(() -> lanes.call(route, 1, true));
        CompletableFuture<String> told = tell(2);
        release.countDown();
        of(holder);

        assertThat(of(told)).isEqualTo("answer 2");
        assertThat(carriers.get(1).getName()).isEqualTo("psycache-lane");
    }

    @Test
    void aRefusedCallFailsAlone() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        List<Future<String>> others = List.of(askAndWait(1), askAndWait(REFUSED), askAndWait(2));
        release.countDown();

        of(holder);
        assertThat(of(others.get(0))).isEqualTo("answer 1");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> of(others.get(1)))
                .withCauseInstanceOf(IllegalArgumentException.class);
        assertThat(of(others.get(2))).isEqualTo("answer 2");
    }

    @Test
    void whatFailsInMidBatchFailsTheRestAndTheLaneGoesOn() throws Exception {
        for (int failure : new int[] {FAILING, BROKEN}) {
            open(10);
            CompletableFuture<String> before = tell(1);
            of(before);
            assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> lanes.call(route, failure, true));
            assertThat(lanes.call(route, 2, true)).isEqualTo("answer 2");
        }
    }

    @Test
    void callersThatAreToldDoNotWaitAndAreCarriedByAThreadOfTheLanes() throws Exception {
        open(10);
        List<CompletableFuture<String>> told = List.of(tell(HOLD), tell(1), tell(2));
        held.await();
        assertThat(told).noneMatch(CompletableFuture::isDone);
        release.countDown();

        for (CompletableFuture<String> future : told) {
            of(future);
        }
        assertThat(carriers).allMatch(thread -> thread.getName().equals("psycache-lane"));
    }

    @Test
    void aWaiterCarriesThoseWhoAreTold() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        CompletableFuture<String> told = tell(1);
        Future<String> waiter = askAndWait(2);
        release.countDown();

        of(holder);
        assertThat(of(waiter)).isEqualTo("answer 2");
        assertThat(of(told)).isEqualTo("answer 1");
        assertThat(sent).containsExactly(List.of(0), List.of(1, 2));
        assertThat(carriers.get(1)).isSameAs(waiting.get(0));
    }

    @Test
    void callersThatAreToldLearnInTimeThatThereIsNoAnswerAndAreNotSent() throws Exception {
        open(1, 10, Duration.ofMillis(100));
        Future<String> holder = askAndHold();
        CompletableFuture<String> queued = tell(1);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> of(queued))
                .withCauseInstanceOf(QueryTimeoutException.class)
                .withMessageContaining("psycache.timeout (100 ms)")
                .withMessageContaining("before it was sent");
        release.countDown();
        of(holder);
        await().until(() -> route.head() == null);
        assertThat(sent).containsExactly(List.of(0));
    }

    @Test
    void aCallerThatIsToldLearnsInTimeThatItsStatementIsUnderWayStill() throws Exception {
        open(1, 10, Duration.ofMillis(100));
        CompletableFuture<String> held = tell(HOLD);

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> of(held))
                .withCauseInstanceOf(QueryTimeoutException.class)
                .withMessageContaining("it may still be carried out");
    }

    @Test
    void whatIsQueuedForAsLongAsItTakesIsSent() throws Exception {
        open(1, 10, Duration.ofMillis(50));
        CompletableFuture<String> held = tell(HOLD);
        CompletableFuture<String> queued = lanes.queue(route, 1);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> of(held));
        assertThat(queued).isNotDone();
        release.countDown();

        assertThat(of(queued)).isEqualTo("answer 1");
    }

    @Test
    void beyondTenThousandCallersThatAreToldFurtherOnesAreRefusedUntilThereIsRoom() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        List<CompletableFuture<String>> told = new ArrayList<>();
        for (int i = 1; i <= 10_000; i++) {
            told.add(tell(i));
        }
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> of(tell(1)))
                .withCauseInstanceOf(TransientDataAccessResourceException.class)
                .withMessageContaining("get 1 key")
                .withMessageContaining("10000 asynchronous requests wait");
        assertThat(told).noneMatch(CompletableFuture::isDone);
        release.countDown();

        of(holder);
        for (CompletableFuture<String> one : told) {
            of(one);
        }
        await().untilAsserted(() -> assertThat(of(tell(7))).isEqualTo("answer 7"));
    }

    @Test
    void closeLetsThoseEndWhoAreQueuedAndRefusesLaterOnes() throws Exception {
        open(10);
        Future<String> holder = askAndHold();
        CompletableFuture<String> queued = tell(1);
        Future<?> closing = callers.submit(lanes::close);
        await().until(() -> tell(2).isCompletedExceptionally());
        release.countDown();

        of(holder);
        of(closing);
        assertThat(of(queued)).isEqualTo("answer 1");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> of(tell(3)))
                .withRootCauseInstanceOf(IllegalStateException.class)
                .withMessageContaining("closed");
        assertThat(lanes.call(route, 4, true)).isEqualTo("answer 4");
    }

    @Test
    void whatWasTakenFromTheQueueWhenTheLanesClosedIsAnswered() throws Exception {
        lanes = new Lanes("psycache-lane", 1, 10, Duration.ofSeconds(60), callbacks, heard) {
            @Override
            boolean isLed(Batch<?, ?> batch) {
                boolean led = super.isLed(batch);
                CompletableFuture.runAsync(this::close, callers).join();
                return led;
            }
        };
        route = lanes.route(Operation.GET, question -> 1, this::send);
        Future<String> holder = askAndHold();
        CompletableFuture<String> queued = tell(1);
        release.countDown();

        assertThat(of(queued)).isEqualTo("answer 1");
        assertThat(of(holder)).isEqualTo("answer 0");
    }
}
