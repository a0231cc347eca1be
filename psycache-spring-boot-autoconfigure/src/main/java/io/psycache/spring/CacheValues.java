package io.psycache.spring;

import io.psycache.CacheValueException;
import io.psycache.spring.types.ValueTypes;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.support.NullValue;

/** What one cache takes as a value, and as which type. */
final class CacheValues {
    private final String cacheName;
    private final boolean nullValues;
    private final ValueTypes types;

    CacheValues(String cacheName, boolean nullValues, ValueTypes types) {
        this.cacheName = cacheName;
        this.nullValues = nullValues;
        this.types = types;
    }

    /** @return null also for {@link NullValue} */
    @Nullable Object checked(@Nullable Object value) {
        Object plain = value instanceof NullValue ? null : value;
        if (plain == null && !nullValues) {
            throw new IllegalArgumentException(
                    "Cache '" + cacheName
                            + "' does not cache null but was given it; use unless = \"#result == null\", or cacheNullValues(true)");
        }
        return plain;
    }

    /** @throws CacheValueException if the class of the value decides and could not be believed when it is read back */
    Type storeAs(String key, @Nullable Type declared, @Nullable Object value) {
        Type type = types.storeAs(declared, value);
        if (type == null) {
            throw untrusted(key, value);
        }
        return type;
    }

    private static CacheValueException untrusted(String key, @Nullable Object value) {
        String type = value == null ? "null" : value.getClass().getName();
        return new CacheValueException(
                key,
                type,
                "neither the declared type nor a trusted package says that this class may be read back; declare it as "
                        + "the method's return type, or add its package to the manager's trustedPackages",
                null);
    }
}
