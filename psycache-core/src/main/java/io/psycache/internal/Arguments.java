package io.psycache.internal;

import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

/** Checks of the arguments of public methods: {@link IllegalArgumentException}s that name argument and rule. */
public final class Arguments {

    /** PostgreSQL's timestamps end in the year 294276. */
    private static final Duration LONGEST_TTL = Duration.ofDays(365L * 100_000);

    /** The longest time that fits into nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365L * 100);

    private static final int LONGEST_PARTITION = 200;

    private Arguments() {}

    public static <T> T notNull(@Nullable T value, String argument) {
        if (value == null) {
            throw new IllegalArgumentException(argument + " must not be null");
        }
        return value;
    }

    public static <T> ParameterizedTypeReference<T> type(@Nullable Class<T> type) {
        return ParameterizedTypeReference.forType(notNull(type, "type"));
    }

    public static Type type(@Nullable ParameterizedTypeReference<?> type) {
        return notNull(type, "type").getType();
    }

    public static String key(@Nullable String key) {
        return text(key, "key");
    }

    public static String text(@Nullable String value, String argument) {
        String text = notNull(value, argument);
        if (text.isEmpty()) {
            throw new IllegalArgumentException(argument + " must not be empty");
        }
        return storable(text, argument);
    }

    /** Text that PostgreSQL keeps as it is; it may be empty. */
    public static String storable(String value, String argument) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    argument + " must not contain NUL (U+0000), which PostgreSQL cannot store,"
                            + " but does as character " + (value.indexOf('\0') + 1) + " of " + value.length());
        }
        if (hasSurrogates(value) && !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new IllegalArgumentException(
                    argument + " must not contain half of a surrogate pair, which has no UTF-8");
        }
        return value;
    }

    private static boolean hasSurrogates(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    public static @Nullable Duration ttl(@Nullable Duration ttl, String argument) {
        if (ttl == null) {
            return null;
        }
        boolean tooLong = ttl.compareTo(LONGEST_TTL) > 0;
        if (tooLong || ttl.isNegative() || ttl.isZero()) {
            throw new IllegalArgumentException(
                    argument + " must " + (tooLong ? "not be over 100,000 years" : "be positive") + " but is " + ttl
                            + "; use null for an entry that never expires");
        }
        return ttl;
    }

    public static Duration positive(@Nullable Duration value, String argument) {
        Duration duration = notNull(value, argument);
        if (duration.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException(argument + " must not be over 100 years but is " + duration);
        }
        return aboveZero(duration, argument);
    }

    public static @Nullable Duration zeroOrMore(@Nullable Duration value, String argument) {
        if (value != null && value.isNegative()) {
            throw new IllegalArgumentException(argument + " must be zero or more but is " + value);
        }
        return value == null || value.isZero() ? value : positive(value, argument);
    }

    /** The factor of {@link io.psycache.CacheOptions#earlyRefresh()}. */
    public static @Nullable Double earlyRefresh(@Nullable Double factor) {
        if (factor != null && (!(factor >= 0) || factor > 1_000)) {
            throw new IllegalArgumentException("earlyRefresh must be from 0 to 1,000 but is " + factor);
        }
        return factor;
    }

    /** What a copy that is not judged anew may miss must still be in the log. */
    public static void maxStaleness(@Nullable Duration maxStaleness, Duration logRetention) {
        if (maxStaleness != null && maxStaleness.compareTo(logRetention) > 0) {
            throw new IllegalArgumentException("maxStaleness must not be longer than logRetention (" + logRetention
                    + "), which is how long invalidations are known at least, but is " + maxStaleness);
        }
    }

    public static long zeroOrMore(long value, String argument) {
        if (value < 0) {
            throw new IllegalArgumentException(argument + " must be zero or more but is " + value);
        }
        return value;
    }

    private static Duration aboveZero(Duration duration, String argument) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(argument + " must be positive but is " + duration);
        }
        return duration;
    }

    public static int positive(int value, String argument) {
        if (value <= 0) {
            throw new IllegalArgumentException(argument + " must be positive but is " + value);
        }
        return value;
    }

    /** A put under way must not miss what was deleted from the log meanwhile. */
    public static void logRetention(Duration logRetention, Duration timeout) {
        if (logRetention.compareTo(timeout) <= 0) {
            throw new IllegalArgumentException("logRetention must be longer than timeout (" + timeout
                    + "), which is how long a put may take, but is " + logRetention);
        }
    }

    /** The name of a partition: at most 200 characters, none of them U+001F, which ends it in keys. */
    public static String partition(@Nullable String name) {
        if (name == null || name.length() > LONGEST_PARTITION || name.indexOf('\u001f') >= 0) {
            throw new IllegalArgumentException(
                    "The current partition of the cache must be a text of at most 200 characters, without U+001F, but is "
                            + name);
        }
        return name;
    }
}
