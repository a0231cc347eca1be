package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.CacheOptions;
import io.psycache.CacheRegion;
import io.psycache.CacheValueException;
import io.psycache.LoadOutcome;
import io.psycache.PostgresCache;
import io.psycache.instrumentation.SkipReason;
import java.time.Duration;

/** What an application does with a cache, so that each meter has something to measure. */
final class Workload {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private Workload() {}

    static void run(ActuatorApplication application) {
        PostgresCache cache = application.cache();
        cache.flush();
        PostgresCache users = cache.withSpanName("users");
        users.put("k", "value", MINUTE);
        users.get("k", String.class);
        users.get("x", String.class);
        users.remove("k");
        users.put("k", "value", Duration.ofNanos(1));
        cache.flush();
        fence(cache, cache.region("users"));
        refresh(cache.region("prices"));
        cache.region("prices").skip("s", SkipReason.TRANSACTION_HAS_WRITTEN);
        assertThatExceptionOfType(CacheValueException.class).isThrownBy(() -> text(users));
        application.springCache("orders").get("o");
        application.springCache("orders").put("p", "value");
        users.put("k", "value", Duration.ofNanos(1));
        cache.cleanupExpired();
    }

    private static void fence(PostgresCache users, CacheRegion region) {
        CacheRegion.Lookup miss = region.lookup("f", stored -> String.class);
        region.evict("f");
        region.put(miss, "old", String.class, MINUTE);
        assertThat(users.exists("f")).as("once it has been tried to store it").isFalse();
    }

    private static void refresh(CacheRegion region) {
        CacheRegion stale = region.withOptions(CacheOptions.none().staleWhileRevalidate(MINUTE));
        stale.put("r", "old", String.class, Duration.ofNanos(1));
        LoadOutcome outcome = stale.getOrLoad("r", stored -> String.class, loaded -> String.class, MINUTE, () -> "new");
        assertThat(outcome.value()).isEqualTo("old");
        assertThat(outcome.refresh().toCompletableFuture().join().storage()).isEqualTo(LoadOutcome.Storage.STORED);
    }

    /** A counter that is none. */
    private static void text(PostgresCache users) {
        users.put("text", "value", MINUTE);
        users.increment("text", 1, MINUTE);
    }
}
