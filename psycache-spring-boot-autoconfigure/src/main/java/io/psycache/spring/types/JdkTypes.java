package io.psycache.spring.types;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import org.jspecify.annotations.Nullable;

/** The JDK's types of plain values and of containers: a stored type name may name them, whoever wrote it. */
public final class JdkTypes {
    /** Names of classes that every supported JDK has. A native image needs a hint of each. */
    public static final Set<String> NAMES = Set.of(
            // plain values
            "java.lang.Object",
            "java.lang.String",
            "java.lang.Boolean",
            "java.lang.Character",
            "java.lang.Void",
            "java.lang.Byte",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.math.BigDecimal",
            "java.math.BigInteger",
            "java.util.UUID",
            "java.net.URI",
            "java.nio.file.Path",
            "java.util.Date",
            "java.util.Locale",
            "java.util.Currency",
            "java.util.TimeZone",
            "java.util.concurrent.atomic.AtomicBoolean",
            "java.util.concurrent.atomic.AtomicInteger",
            "java.util.concurrent.atomic.AtomicLong",
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.LocalTime",
            "java.time.LocalDateTime",
            "java.time.OffsetDateTime",
            "java.time.OffsetTime",
            "java.time.ZonedDateTime",
            "java.time.ZoneId",
            "java.time.ZoneOffset",
            "java.time.Duration",
            "java.time.Period",
            "java.time.Year",
            "java.time.YearMonth",
            "java.time.MonthDay",
            "java.time.DayOfWeek",
            "java.time.Month",
            // containers
            "java.util.Optional",
            "java.util.OptionalInt",
            "java.util.OptionalLong",
            "java.util.OptionalDouble",
            "java.util.Collection",
            "java.util.List",
            "java.util.ArrayList",
            "java.util.LinkedList",
            "java.util.Queue",
            "java.util.Deque",
            "java.util.ArrayDeque",
            "java.util.Set",
            "java.util.HashSet",
            "java.util.LinkedHashSet",
            "java.util.SortedSet",
            "java.util.NavigableSet",
            "java.util.TreeSet",
            "java.util.EnumSet",
            "java.util.EnumMap",
            "java.util.Map",
            "java.util.HashMap",
            "java.util.LinkedHashMap",
            "java.util.SortedMap",
            "java.util.NavigableMap",
            "java.util.TreeMap",
            "java.util.concurrent.ConcurrentMap",
            "java.util.concurrent.ConcurrentHashMap",
            "java.util.Map$Entry");

    /** Stand-ins for the JDK's own implementations, which can't be named. */
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

    static boolean contains(Class<?> type) {
        return NAMES.contains(type.getName());
    }

    static @Nullable Class<?> standInFor(Object value) {
        return STAND_INS.stream()
                .filter(type -> type.isInstance(value))
                .findFirst()
                .orElse(null);
    }
}
