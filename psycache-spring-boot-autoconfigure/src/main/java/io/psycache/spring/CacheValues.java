package io.psycache.spring;

import io.psycache.CacheValueException;
import io.psycache.spring.keys.Invocation;
import io.psycache.spring.types.ValueTypes;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.NullValue;

/** The values that one cache takes, their types, and how long they live. */
record CacheValues(String cacheName, PostgresCacheConfiguration configuration, ValueTypes types) {
    private static final Duration SHORTEST_TTL = Duration.ofMillis(1);

    /** @return null also for {@link NullValue} */
    @Nullable Object checked(@Nullable Object value) {
        Object plain = value instanceof NullValue ? null : value;
        if (plain == null && !configuration.cacheNullValues()) {
            throw new IllegalArgumentException(
                    "Cache '" + cacheName
                            + "' does not cache null but was given it; use unless = \"#result == null\", or cacheNullValues(true)");
        }
        return plain;
    }

    Function<@Nullable String, @Nullable Type> readAs(Invocation invocation) {
        return types.readAs(invocation.declaredType());
    }

    /** @throws CacheValueException if the class of the value decides and could not be believed when it is read back */
    Type storeAs(String key, Invocation invocation, @Nullable Object value) {
        Type type = types.storeAs(invocation.declaredType(), value);
        if (type == null) {
            throw new CacheValueException(
                    key,
                    value == null ? "null" : value.getClass().getName(),
                    "neither the declared type nor a trusted package says that this class may be read back; declare it as "
                            + "the method's return type, or add its package to the manager's trustedPackages",
                    null);
        }
        return type;
    }

    /** The time to live of the next entry; null = it never expires. */
    @Nullable Duration nextTtl() {
        Duration longest = configuration.entryTtl();
        if (longest == null || configuration.ttlJitter() == 0) {
            return longest;
        }
        double share =
                1 - configuration.ttlJitter() * ThreadLocalRandom.current().nextDouble();
        Duration shortened = Duration.ofMillis((long) (longest.toMillis() * share));
        return shortened.compareTo(SHORTEST_TTL) < 0 ? SHORTEST_TTL : shortened;
    }
}
