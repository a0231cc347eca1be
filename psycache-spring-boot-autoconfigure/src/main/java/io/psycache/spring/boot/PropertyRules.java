package io.psycache.spring.boot;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The rules for values of {@link PsycacheProperties} that their types do not express. */
final class PropertyRules {
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,47}");

    private PropertyRules() {}

    /** @throws InvalidConfigurationPropertyValueException for the first rule that is broken */
    static void check(PsycacheProperties properties) {
        String schema = properties.getSchema();
        if (schema != null && !schema.isEmpty()) {
            identifier("psycache.schema", schema);
        }
        identifier("psycache.table", properties.getTable());
        keyPrefix("psycache.key-prefix", properties.getKeyPrefix());
        share("psycache.ttl-jitter", properties.getTtlJitter());
        positive("psycache.lanes", properties.getLanes());
        positive("psycache.max-batch", properties.getMaxBatch());
        positive("psycache.timeout", properties.getTimeout());
        notNegative("psycache.lease", properties.getLease());
        notNegative("psycache.stale-while-revalidate", properties.getStaleWhileRevalidate());
        factor("psycache.early-refresh", properties.getEarlyRefresh());
        positive("psycache.log-retention", properties.getLogRetention());
        positive("psycache.cleanup.interval", properties.getCleanup().interval());
        positive("psycache.cleanup.batch-size", properties.getCleanup().batchSize());
        properties.getCaches().forEach(PropertyRules::cache);
    }

    private static void cache(String name, PsycacheProperties.Cache cache) {
        String prefix = "psycache.caches." + name + ".";
        share(prefix + "ttl-jitter", cache.ttlJitter());
        keyPrefix(prefix + "key-prefix", cache.keyPrefix());
        notNegative(prefix + "lease", cache.lease());
        notNegative(prefix + "stale-while-revalidate", cache.staleWhileRevalidate());
        factor(prefix + "early-refresh", cache.earlyRefresh());
    }

    private static void identifier(String property, String value) {
        require(
                IDENTIFIER.matcher(value).matches(),
                property,
                value,
                "It must match " + IDENTIFIER
                        + ": lower-case letters, digits and underscores, 48 at most, no digit first.");
    }

    private static void keyPrefix(String property, @Nullable String value) {
        require(
                value == null || value.indexOf('\0') < 0,
                property,
                value,
                "It must not contain NUL (U+0000), which PostgreSQL cannot store.");
    }

    private static void share(String property, @Nullable Double value) {
        require(value == null || (value >= 0 && value <= 1), property, value, "It must be a number from 0 to 1.");
    }

    private static void factor(String property, @Nullable Double value) {
        require(
                value == null || (value >= 0 && value <= 1_000),
                property,
                value,
                "It must be a number from 0 to 1000.");
    }

    private static void positive(String property, int value) {
        require(value > 0, property, value, "It must be 1 or more.");
    }

    private static void positive(String property, Duration value) {
        require(!value.isNegative() && !value.isZero(), property, value, "It must be a positive duration.");
    }

    private static void notNegative(String property, @Nullable Duration value) {
        require(value == null || !value.isNegative(), property, value, "It must be a duration, or 0.");
    }

    private static void require(boolean kept, String property, @Nullable Object value, String rule) {
        if (!kept) {
            throw new InvalidConfigurationPropertyValueException(property, value, rule);
        }
    }
}
