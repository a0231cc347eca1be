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
        if (original instanceof URL) {
            return sameText(original, copy);
        }
        return Objects.deepEquals(original, copy)
                || original instanceof Date date
                        && copy instanceof Date other
                        && instant(date).equals(instant(other))
                || (original instanceof Number || original instanceof CharSequence) && sameText(original, copy);
    }

    /** Equality of URLs, whose {@code equals} asks the network, and of atomic numbers and text buffers, which have none. */
    private static boolean sameText(Object original, Object copy) {
        return original.getClass() == copy.getClass() && original.toString().equals(copy.toString());
    }

    /** A {@code Date} property may hold a {@code Timestamp} from JDBC; it is equal if no part of the instant is lost. */
    private static Instant instant(Date date) {
        return date instanceof Timestamp timestamp ? timestamp.toInstant() : Instant.ofEpochMilli(date.getTime());
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
