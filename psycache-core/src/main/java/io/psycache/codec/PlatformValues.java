package io.psycache.codec;

import java.math.BigDecimal;
import java.net.URL;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Equality of single values of the Java platform, arrays of primitives and enums. */
final class PlatformValues {

    private static final List<Class<?>> CONTAINERS = List.of(
            Collection.class, Map.class, Map.Entry.class, Optional.class, AtomicReference.class, Object[].class);
    private static final ClassValue<Boolean> SINGLE = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return Enum.class.isAssignableFrom(type)
                    || (TypeState.isPlatform(type)
                            && CONTAINERS.stream().noneMatch(container -> container.isAssignableFrom(type)));
        }
    };

    private PlatformValues() {}

    /** Whether values of {@code type} are compared as a whole and not part by part. */
    static boolean isSingle(Class<?> type) {
        return SINGLE.get(type);
    }

    static boolean equal(Object original, Object copy) {
        if (original instanceof URL) { // its equals asks the network
            return copy instanceof URL && original.toString().equals(copy.toString());
        }
        return original.equals(copy) || equalInAnotherWay(original, copy);
    }

    private static boolean equalInAnotherWay(Object original, Object copy) {
        if (original instanceof Date instant && copy instanceof Date other) {
            return sameInstant(instant, other);
        }
        if (original.getClass() != copy.getClass()) {
            return false;
        }
        return original.getClass().isArray()
                ? sameElements(original, copy)
                : hasNoEquals(original) && original.toString().equals(copy.toString());
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
