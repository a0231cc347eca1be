package io.psycache.internal.load;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** How long loads of a kind take, as this process has seen it: a moving average, the last load counting for a quarter. Thread-safe. */
final class LoadTimes {
    private final ConcurrentMap<Object, Long> nanosByKind = new ConcurrentHashMap<>();

    /** In nanoseconds; 0 before the first load. */
    long of(Load load) {
        return nanosByKind.getOrDefault(load.kind(), 0L);
    }

    /** A load that is measured, if it succeeds. */
    Load measured(Load load) {
        Callable<?> loader = load.loader();
        return load.withLoader(() -> {
            long begin = System.nanoTime();
            Object loaded = loader.call();
            if (loaded instanceof CompletionStage<?> loading) {
                return loading.whenComplete((value, failure) -> ended(load, begin, failure));
            }
            ended(load, begin, null);
            return loaded;
        });
    }

    private void ended(Load load, long begin, @Nullable Throwable failure) {
        if (failure == null) {
            long last = System.nanoTime() - begin;
            nanosByKind.merge(load.kind(), last, (average, added) -> average + (added - average) / 4);
        }
    }
}
