package io.psycache.codec;

import java.math.BigDecimal;
import java.net.URL;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;

/** Equality of single values of the Java platform, arrays of primitives and enums. */
final class PlatformValues {

    private PlatformValues() {}

    static boolean equal(Object original, Object copy) {
        if (original instanceof URL) { // its equals asks the network
            return copy instanceof URL && original.toString().equals(copy.toString());
        }
        return Objects.deepEquals(original, copy)
                || original instanceof Date date
                        && copy instanceof Date other
                        && instant(date).equals(instant(other))
                || original.getClass() == copy.getClass()
                        && hasNoEquals(original)
                        && original.toString().equals(copy.toString());
    }

    /** A {@code Date} property may hold a {@code Timestamp} from JDBC; it is equal if no part of the instant is lost. */
    private static Instant instant(Date date) {
        return date instanceof Timestamp timestamp ? timestamp.toInstant() : Instant.ofEpochMilli(date.getTime());
    }

    /** Whether {@code value} is an atomic number or a text buffer, whose {@code equals} compares identity. */
    private static boolean hasNoEquals(Object value) {
        try {
            return (value instanceof Number || value instanceof CharSequence)
                    && value.getClass().getMethod("equals", Object.class).getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e); // every class inherits one
        }
    }

    static String advice(Object original) {
        if (original instanceof BigDecimal number && number.scale() < 0) {
            return "PostgreSQL's numbers have no negative scale. Use setScale(0)";
        }
        return original instanceof Number
                ? "untyped JSON keeps only Integer, Long, Double and BigInteger, chosen by size. Declare the type"
                : Difference.KEEP_IT;
    }
}
