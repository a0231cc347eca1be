package io.psycache.benchmarks;

import io.psycache.AsyncPostgresCache;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.springframework.cache.Cache;

/** psycache without waiting: each caller has so many requests under way, and then waits for all. */
final class AsyncContender implements Contender {
    static final int AT_ONCE = 32;

    private final Cache cache;
    private final AsyncPostgresCache puts;
    private final Keys keys;

    AsyncContender(Cache cache, AsyncPostgresCache puts, Keys keys) {
        this.cache = cache;
        this.puts = puts;
        this.keys = keys;
    }

    @Override
    public String name() {
        return Contenders.ASYNC;
    }

    @Override
    public int get() {
        return atOnce(i -> {
            CompletableFuture<?> found = cache.retrieve(keys.random());
            if (found == null) {
                throw new IllegalStateException("a miss: nothing was measured");
            }
            return found.thenAccept(Objects::requireNonNull);
        });
    }

    @Override
    public int put() {
        return atOnce(i -> put(keys.random()));
    }

    CompletableFuture<?> put(int key) {
        return puts.put("orders::" + key, Order.of(key));
    }

    private static int atOnce(IntFunction<CompletableFuture<?>> request) {
        CompletableFuture.allOf(IntStream.range(0, AT_ONCE).mapToObj(request).toArray(CompletableFuture[]::new))
                .join();
        return AT_ONCE;
    }
}
