package io.psycache.spring.boot;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.Assert;

/**
 * Time to live as configuration writes it: a duration ({@code 10m}, {@code PT10M}) or {@code never}.
 *
 * @param duration null = never expires
 */
public record TimeToLive(@Nullable Duration duration) {

    private static final String NEVER = "never";

    public TimeToLive {
        Assert.isTrue(
                duration == null || !(duration.isNegative() || duration.isZero()),
                () -> "a time to live must be positive, or '" + NEVER + "', but is " + duration);
    }

    /**
     * The time to live that {@code text} stands for; the name is the one that Spring's conversion looks for.
     *
     * @throws IllegalArgumentException if it is neither a positive duration nor {@code never}
     */
    public static TimeToLive valueOf(String text) {
        if (NEVER.equalsIgnoreCase(text.strip())) {
            return new TimeToLive(null);
        }
        return new TimeToLive(parse(text.strip()));
    }

    private static Duration parse(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException e) { // not the cause: of a chain Boot shows the last message only
            throw new IllegalArgumentException("'" + text
                    + "' is no time to live: expected a duration such as 10m, 1h or PT90S, or '" + NEVER + "'");
        }
    }
}
