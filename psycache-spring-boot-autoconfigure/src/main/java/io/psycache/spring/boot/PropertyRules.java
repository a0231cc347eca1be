package io.psycache.spring.boot;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The rules for values of properties that their types do not express. One that is broken is an {@link
 * InvalidConfigurationPropertyValueException}.
 */
final class PropertyRules {
    private static final Pattern IDENTIFIER = Pattern.compile("[a-z_][a-z0-9_]{0,47}");

    private PropertyRules() {}

    static void identifier(String property, String value) {
        require(
                IDENTIFIER.matcher(value).matches(),
                property,
                value,
                "It must match " + IDENTIFIER
                        + ": lower-case letters, digits and underscores, 48 at most, no digit first.");
    }

    static void withoutNul(String property, @Nullable String value) {
        require(
                value == null || value.indexOf('\0') < 0,
                property,
                value,
                "It must not contain NUL (U+0000), which PostgreSQL cannot store.");
    }

    static void factor(String property, @Nullable Double value, int most) {
        require(
                value == null || (value >= 0 && value <= most),
                property,
                value,
                "It must be a number from 0 to " + most + ".");
    }

    static void positive(String property, int value) {
        require(value > 0, property, value, "It must be 1 or more.");
    }

    static void positive(String property, Duration value) {
        require(!value.isNegative() && !value.isZero(), property, value, "It must be a positive duration.");
    }

    static void notNegative(String property, @Nullable Duration value) {
        require(value == null || !value.isNegative(), property, value, "It must be a duration, or 0.");
    }

    private static void require(boolean kept, String property, @Nullable Object value, String rule) {
        if (!kept) {
            throw new InvalidConfigurationPropertyValueException(property, value, rule);
        }
    }
}
