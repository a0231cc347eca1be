package io.psycache.internal.load;

import io.psycache.internal.backend.Reply;
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

    /** Loads, and measures that if it succeeds. */
    Reply<@Nullable Object> measured(Load load) {
        long begin = System.nanoTime();
        return load.call().whenDone((value, failure) -> {
            if (failure == null) {
                long last = System.nanoTime() - begin;
                nanosByKind.merge(load.kind(), last, (average, added) -> average + (added - average) / 4);
            }
        });
    }
}
