package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.observation.ObservationRegistry;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.CacheInstrumentation.Span;
import io.psycache.instrumentation.CompositeInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.instrumentation.micrometer.ObservationInstrumentation;
import java.time.Duration;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a get tells its observers, with observations that nobody listens to and without; and a get. */
public class ObservationBenchmark {
    static final String SCHEMA = "observation";
    private static final String KEY = "order:1";

    /** Observers, without a database. */
    @State(Scope.Benchmark)
    public static class Observers {
        private final List<String> keys = List.of(KEY);
        private final CacheInstrumentation none = new CompositeInstrumentation(List.of());
        private final CacheInstrumentation observations = new CompositeInstrumentation(
                List.of(new ObservationInstrumentation(ObservationRegistry.create()))); // without a handler
    }

    /** A cache with one entry. */
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // JMH calls connect() first
    public static class Cached {
        private HikariDataSource pool;
        private PostgresCache cache;

        @Setup
        public void connect() {
            pool = BenchmarkServer.pool(SCHEMA, 2);
            cache = PostgresCache.builder(pool).build();
            cache.put(KEY, Order.of(1), Duration.ofDays(1));
        }

        @TearDown
        public void disconnect() {
            cache.close();
            pool.close();
        }
    }

    @Benchmark
    public Object observed(Observers observers) {
        return tell(observers.observations, observers.keys);
    }

    @Benchmark
    public Object unobserved(Observers observers) {
        return tell(observers.none, observers.keys);
    }

    private static Object tell(CacheInstrumentation observers, List<String> keys) {
        try (Span span = observers.startSpan(Operation.GET, keys, "orders")) {
            observers.recordLaneWait(Operation.GET, 100);
            observers.recordBatch(Operation.GET, 1);
            span.recordHit(800);
            return span;
        }
    }

    @Benchmark
    public Order get(Cached cached) {
        return cached.cache
                .get(KEY, Order.class)
                .orElseThrow(() -> new IllegalStateException("a miss: nothing was measured"));
    }
}
