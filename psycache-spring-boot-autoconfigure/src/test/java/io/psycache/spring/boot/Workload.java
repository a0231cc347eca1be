package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.CacheRegion;
import io.psycache.CacheValueException;
import io.psycache.PostgresCache;
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
        fence(cache.region("users"));
        assertThatExceptionOfType(CacheValueException.class).isThrownBy(() -> text(users));
        application.springCache("orders").get("o");
        application.springCache("orders").put("p", "value");
        users.put("k", "value", Duration.ofNanos(1));
        cache.cleanupExpired();
    }

    private static void fence(CacheRegion region) {
        CacheRegion.Lookup miss = region.lookup("f", stored -> String.class);
        region.evict("f");
        assertThat(region.put(miss, "old", String.class, MINUTE)).isFalse();
    }

    /** A counter that is none. */
    private static void text(PostgresCache users) {
        users.put("text", "value", MINUTE);
        users.increment("text", 1, MINUTE);
    }
}
