package io.psycache.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.psycache.CacheRegion;
import io.psycache.PostgresCache;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A process that evicts keys, none of those that are got, until its input ends. */
final class Evictions {
    static final int PER_SECOND = 200;

    private Evictions() {}

    /** Says so when it has begun. @param arguments the schema */
    public static void main(String[] arguments) throws IOException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (HikariDataSource pool = BenchmarkServer.pool(arguments[0], 1);
                PostgresCache cache = Contenders.cache(pool, 0)) {
            CacheRegion others = cache.region("others");
            others.evict("others::0");
            clock.scheduleAtFixedRate(
                    () -> others.evict("others::" + ThreadLocalRandom.current().nextInt(100_000)),
                    0,
                    TimeUnit.SECONDS.toMicros(1) / PER_SECOND,
                    TimeUnit.MICROSECONDS);
            System.out.println("evicting");
            while (System.in.read() != -1) {
                Thread.onSpinWait();
            }
            clock.shutdownNow();
        }
    }
}
