package io.psycache.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReplyTests {
    private static final int MANY = 100_000;

    private final AtomicInteger asked = new AtomicInteger();

    private Optional<Integer> answer() {
        return asked.incrementAndGet() < MANY ? Optional.empty() : Optional.of(asked.get());
    }

    @Test
    void asksManyTimesWhereTheAnswerIsThere() {
        assertThat(Reply.until(() -> Reply.of(answer())).get()).isEqualTo(MANY);
    }

    @Test
    void asksManyTimesWhereTheAnswerComes() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Callable<Reply<Optional<Integer>>> attempt =
                    () -> Reply.coming(CompletableFuture.supplyAsync(this::answer, thread));
            assertThat(Reply.until(attempt).future().get(20, TimeUnit.SECONDS)).isEqualTo(MANY);
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void asksManyTimesWhereTheAnswerHasCome() throws Exception {
        Callable<Reply<Optional<Integer>>> attempt = () -> Reply.coming(CompletableFuture.completedFuture(answer()));
        assertThat(Reply.until(attempt).future().get(20, TimeUnit.SECONDS)).isEqualTo(MANY);
    }
}
