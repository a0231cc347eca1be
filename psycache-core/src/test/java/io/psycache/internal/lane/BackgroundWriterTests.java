package io.psycache.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackgroundWriterTests {
    private final List<List<Integer>> written = new CopyOnWriteArrayList<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    private void held(List<Integer> batch) {
        started.countDown();
        try {
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        written.add(batch);
    }

    private BackgroundWriter<Integer> holding(int capacity, int maxBatch) throws InterruptedException {
        BackgroundWriter<Integer> writer = new BackgroundWriter<>("test-writer", capacity, maxBatch, this::held);
        assertThat(writer.offer(List.of(0))).isTrue();
        assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
        return writer;
    }

    @Test
    void whatWaitsIsWrittenInOrderAndInBatches() throws InterruptedException {
        try (BackgroundWriter<Integer> writer = holding(10, 3)) {
            IntStream.rangeClosed(1, 7).forEach(i -> writer.offer(List.of(i)));
            released.countDown();
        }
        assertThat(written).containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 5, 6), List.of(7));
    }

    @Test
    void aFullQueueDropsAndCounts() throws InterruptedException {
        try (BackgroundWriter<Integer> writer = holding(2, 10)) {
            assertThat(writer.offer(List.of(1))).isTrue();
            assertThat(writer.offer(List.of(2))).isTrue();
            assertThat(writer.offer(List.of(3))).isFalse();
            assertThat(writer.offer(List.of(4))).isFalse();
            assertThat(writer.dropped()).isEqualTo(2);
            released.countDown();
        }
        assertThat(written).containsExactly(List.of(0), List.of(1, 2));
    }

    @Test
    void aUnitIsWrittenWholeOrDroppedWhole() throws InterruptedException {
        try (BackgroundWriter<Integer> writer = holding(3, 2)) {
            assertThat(writer.offer(List.of(1, 2))).isTrue();
            assertThat(writer.offer(List.of(3, 4, 5, 6, 7)))
                    .as("where there is room for one")
                    .isTrue();
            assertThat(writer.offer(List.of(8, 9))).isFalse();
            assertThat(writer.dropped()).isEqualTo(2);
            released.countDown();
        }
        assertThat(written).containsExactly(List.of(0), List.of(1, 2), List.of(3, 4), List.of(5, 6), List.of(7));
    }

    @Test
    void whatHasBeenWrittenMakesRoom() throws InterruptedException {
        try (BackgroundWriter<Integer> writer = holding(1, 10)) {
            writer.offer(List.of(1));
            assertThat(writer.offer(List.of(2))).isFalse();
            released.countDown();
            await().until(() -> writer.offer(List.of(3)));
        }
        assertThat(written).containsExactly(List.of(0), List.of(1), List.of(3));
    }

    @Test
    void aFailingBatchIsDroppedAndTheNextIsWritten() {
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (BackgroundWriter<Integer> writer = new BackgroundWriter<>("test-writer", 10, 1, batch -> {
            if (batch.contains(1)) {
                throw new IllegalStateException("down");
            }
            seen.addAll(batch);
        })) {
            writer.offer(List.of(1));
            writer.offer(List.of(2));
            await().untilAsserted(() -> assertThat(seen).containsExactly(2));
            assertThat(writer.dropped()).isEqualTo(1);
        }
    }

    @Test
    void closeSaysWhetherAllIsWritten() throws InterruptedException {
        BackgroundWriter<Integer> writer = holding(10, 10);
        writer.offer(List.of(1));

        assertThat(writer.close(Duration.ofMillis(1))).isFalse();
        released.countDown();
        assertThat(writer.close(Duration.ofSeconds(10))).isTrue();
        assertThat(written).containsExactly(List.of(0), List.of(1));
    }

    @Test
    void aClosedWriterDropsAndCounts() {
        BackgroundWriter<Integer> writer = new BackgroundWriter<>("test-writer", 10, 10, written::add);
        writer.close();

        assertThat(writer.offer(List.of(1))).isFalse();
        assertThat(writer.dropped()).isEqualTo(1);
        assertThat(written).isEmpty();
    }

    @Test
    void anInterruptedCloseKeepsTheInterruptAndSaysThatItDidNotWait() throws InterruptedException {
        BackgroundWriter<Integer> writer = holding(10, 10);
        Thread.currentThread().interrupt();

        assertThat(writer.close(Duration.ofSeconds(10))).isFalse();
        assertThat(Thread.interrupted()).isTrue();
        released.countDown();
        assertThat(writer.close(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void offersThatRaceWithCloseAreWrittenOrDroppedAndNeverThrow() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            List<Integer> seen = new CopyOnWriteArrayList<>();
            BackgroundWriter<Integer> writer = new BackgroundWriter<>("test-writer", 100, 7, seen::addAll);
            List<Throwable> thrown = new ArrayList<>();
            Thread producer = new Thread(() -> IntStream.range(0, 50).forEach(i -> writer.offer(List.of(i))));
            producer.setUncaughtExceptionHandler((thread, failure) -> thrown.add(failure));
            producer.start();
            writer.close(Duration.ofSeconds(10));
            producer.join();

            assertThat(thrown).isEmpty();
            assertThat(seen.size() + writer.dropped()).isEqualTo(50);
        }
    }
}
