package io.psycache.internal.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetryingWorkerTests {
    private final RetryingWorker worker = new RetryingWorker("test-worker");
    private final AtomicInteger runs = new AtomicInteger();

    @Test
    void failingTaskRunsAgainUntilItSucceeds() {
        worker.run(() -> {
            if (runs.incrementAndGet() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        await().untilAsserted(() -> assertThat(runs).hasValue(3));
        worker.close();
        assertThat(runs).hasValue(3);
    }

    @Test
    void closeTriesWhatIsLeftOnceMore() {
        worker.run(() -> {
            runs.incrementAndGet();
            throw new IllegalStateException("never");
        });
        await().untilAsserted(() -> assertThat(runs).hasPositiveValue());
        int before = runs.get();
        worker.close();
        assertThat(runs).hasValueGreaterThan(before);
    }
}
