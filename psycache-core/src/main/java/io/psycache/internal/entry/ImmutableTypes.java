package io.psycache.internal.entry;

import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.util.Currency;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The types whose values can't change, whatever is done with them: readers may have one together. They are told by the declared type, so
 * only types of which no value can be of a subtype count, and no type with parameters.
 */
final class ImmutableTypes {
    private static final Set<Class<?>> VALUES = Set.of(
            String.class,
            Boolean.class,
            Character.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class, // decoded ones are of exactly this class, as decimals are
            BigDecimal.class,
            UUID.class,
            URI.class,
            Locale.class,
            Currency.class);

    private static final Set<String> TIME = Set.of(
            "Duration",
            "Instant",
            "LocalDate",
            "LocalDateTime",
            "LocalTime",
            "MonthDay",
            "OffsetDateTime",
            "OffsetTime",
            "Period",
            "Year",
            "YearMonth",
            "ZonedDateTime",
            "ZoneOffset");

    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return isImmutable(type, new HashSet<>());
        }
    };

    private ImmutableTypes() {}

    static boolean isImmutable(Type type) {
        return type instanceof Class<?> plain && KNOWN.get(plain);
    }

    /** @param seen records around this one: one that has itself as a part is immutable if its other parts are */
    private static boolean isImmutable(Type type, Set<Class<?>> seen) {
        if (!(type instanceof Class<?> plain)) {
            return false;
        }
        return plain.isPrimitive()
                || plain.isEnum()
                || VALUES.contains(plain)
                || plain.getPackageName().equals("java.time") && TIME.contains(plain.getSimpleName())
                || plain.isRecord() && (!seen.add(plain) || areImmutable(plain, seen));
    }

    private static boolean areImmutable(Class<?> type, Set<Class<?>> seen) {
        return Stream.of(type.getRecordComponents())
                .map(RecordComponent::getGenericType)
                .allMatch(part -> isImmutable(part, seen));
    }
}
