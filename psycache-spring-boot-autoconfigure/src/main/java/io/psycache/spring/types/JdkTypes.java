package io.psycache.spring.types;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Currency;
import java.util.Date;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The JDK's types of plain values and of containers: a stored type name may name them, whoever wrote it. */
final class JdkTypes {
    static final Map<String, Class<?>> BY_NAME = byName(
            // plain values
            Object.class,
            String.class,
            Boolean.class,
            Character.class,
            Void.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigDecimal.class,
            BigInteger.class,
            UUID.class,
            URI.class,
            Path.class,
            Date.class,
            Locale.class,
            Currency.class,
            TimeZone.class,
            AtomicBoolean.class,
            AtomicInteger.class,
            AtomicLong.class,
            Instant.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            ZonedDateTime.class,
            ZoneId.class,
            ZoneOffset.class,
            Duration.class,
            Period.class,
            Year.class,
            YearMonth.class,
            MonthDay.class,
            DayOfWeek.class,
            Month.class,
            // containers
            Optional.class,
            OptionalInt.class,
            OptionalLong.class,
            OptionalDouble.class,
            Collection.class,
            List.class,
            ArrayList.class,
            LinkedList.class,
            Queue.class,
            Deque.class,
            ArrayDeque.class,
            Set.class,
            HashSet.class,
            LinkedHashSet.class,
            SortedSet.class,
            NavigableSet.class,
            TreeSet.class,
            EnumSet.class,
            EnumMap.class,
            Map.class,
            HashMap.class,
            LinkedHashMap.class,
            SortedMap.class,
            NavigableMap.class,
            TreeMap.class,
            ConcurrentMap.class,
            ConcurrentHashMap.class,
            Map.Entry.class);

    /** What stands for the JDK's own implementations, which can't be named. */
    private static final List<Class<?>> STAND_INS = List.of(
            List.class,
            SortedSet.class,
            Set.class,
            SortedMap.class,
            Map.class,
            ZoneId.class,
            TimeZone.class,
            Path.class);

    private JdkTypes() {}

    private static Map<String, Class<?>> byName(Class<?>... types) {
        return Stream.of(types).collect(Collectors.toUnmodifiableMap(Class::getName, type -> type));
    }

    static boolean contains(Class<?> type) {
        return BY_NAME.get(type.getName()) == type;
    }

    static @Nullable Class<?> standInFor(Object value) {
        return STAND_INS.stream()
                .filter(type -> type.isInstance(value))
                .findFirst()
                .orElse(null);
    }
}
