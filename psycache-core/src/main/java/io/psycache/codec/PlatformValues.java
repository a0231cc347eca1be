package io.psycache.codec;

import java.math.BigDecimal;
import java.net.URL;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Date;

/** Equality of single values of the Java platform, arrays of primitives and enums. */
final class PlatformValues {

    private PlatformValues() {}

    static boolean equal(Object original, Object copy) {
        if (original instanceof Date instant && copy instanceof Date other) {
            return sameInstant(instant, other);
        }
        if (original.getClass().isArray()) {
            return original.getClass() == copy.getClass() && sameElements(original, copy);
        }
        return comparesAsText(original)
                ? original.getClass() == copy.getClass() && original.toString().equals(copy.toString())
                : original.equals(copy);
    }

    /** A {@code Date} property may hold a {@code Timestamp} from JDBC; it is equal if no part of the instant is lost. */
    private static boolean sameInstant(Date original, Date copy) {
        return original.getTime() == copy.getTime() && nanos(original) == nanos(copy);
    }

    private static long nanos(Date date) {
        return date instanceof Timestamp timestamp
                ? timestamp.getNanos()
                : Math.floorMod(date.getTime(), 1000) * 1_000_000L;
    }

    private static boolean sameElements(Object original, Object copy) {
        return Arrays.deepEquals(new Object[] {original}, new Object[] {copy});
    }

    /** Types without an {@code equals} of their own (atomic numbers, buffers of text), or, as a URL's, with one that asks the network. */
    private static boolean comparesAsText(Object value) {
        return value instanceof URL
                || ((value instanceof Number || value instanceof CharSequence) && !hasEquals(value.getClass()));
    }

    private static boolean hasEquals(Class<?> type) {
        try {
            return type.getMethod("equals", Object.class).getDeclaringClass() != Object.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e); // every class inherits one
        }
    }

    static String advice(Object original) {
        if (original instanceof BigDecimal number && number.scale() < 0) {
            return "PostgreSQL's numbers have no negative scale. Use setScale(0)";
        }
        return original instanceof Number
                ? "untyped JSON keeps no other numbers than Integer, Long, Double and BigInteger by their size. Declare the type"
                : StateComparison.KEEP_IT;
    }
}
