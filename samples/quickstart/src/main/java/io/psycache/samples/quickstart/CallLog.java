package io.psycache.samples.quickstart;

import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.samples.quickstart.Call.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The last calls of the report. Whether one was a hit it hears from the cache itself, as its {@link CacheInstrumentation}. */
@Component
class CallLog implements CacheInstrumentation {

    private static final int LENGTH = 20;

    private final Deque<Call> calls = new ArrayDeque<>();
    private final ThreadLocal<Outcome> outcome = ThreadLocal.withInitial(() -> Outcome.UNCACHED);

    /** Makes a call, and logs it if it succeeds. */
    <T> Answer<T> record(String what, Supplier<T> call) {
        outcome.remove();
        Instant time = Instant.now();
        long start = System.nanoTime();
        try {
            T value = call.get();
            double millis = Duration.ofNanos(System.nanoTime() - start).toNanos() / 1e6;
            return new Answer<>(value, add(new Call(time, what, millis, outcome.get())));
        } finally {
            outcome.remove();
        }
    }

    private synchronized Call add(Call call) {
        calls.addFirst(call);
        if (calls.size() > LENGTH) {
            calls.removeLast();
        }
        return call;
    }

    /** The newest first. */
    synchronized List<Call> latest() {
        return List.copyOf(calls);
    }

    @Override
    public Span startSpan(Operation operation, List<String> keys, @Nullable String spanName) {
        return new Span() {
            @Override
            public void recordHit(int itemSize) {
                outcome.set(Outcome.HIT);
            }

            @Override
            public void recordMiss() {
                outcome.set(Outcome.MISS);
            }
        };
    }

    /** What a call returned, and how it went. */
    record Answer<T>(T value, Call call) {}
}
