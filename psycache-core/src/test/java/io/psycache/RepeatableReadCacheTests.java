package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** On sessions that are REPEATABLE READ by default, where a change of the same row fails instead of waiting. */
class RepeatableReadCacheTests extends PostgresCacheContract {
    private static final int THREADS = 4;
    private static final int ROUNDS = 50;

    @Override
    DataSource dataSource() {
        var dataSource = database.unpooled();
        dataSource.setOptions("-c default_transaction_isolation=repeatable\\ read");
        return dataSource;
    }

    @Test
    void concurrentIncrementsAllCount() {
        CyclicBarrier together = new CyclicBarrier(THREADS);
        ExecutorService threadPool = Executors.newFixedThreadPool(THREADS);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(CompletableFuture.runAsync(() -> increments(together), threadPool));
        }
        threads.forEach(CompletableFuture::join);
        threadPool.shutdown();

        assertThat(cache.get("n", Integer.class)).contains(THREADS * ROUNDS);
    }

    private void increments(CyclicBarrier together) {
        for (int round = 0; round < ROUNDS; round++) {
            try {
                together.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            cache.increment("n");
        }
    }
}
