package io.psycache.codec;

import io.psycache.codec.Samples.*;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.*;
import java.util.*;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.PageImpl;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Slice;
import org.springframework.data.domain.SliceImpl;
import org.springframework.data.domain.Sort;

/** Values that come back equal from {@code jsonb}. */
@NullUnmarked
final class EqualValues {
    private static final User ANN = new User(1, "Ann", List.of("admin", "user"));
    private static final User BOB = new User(2, "Bob \"q\" \\ \u007f \uD83D\uDE00 é", List.of());

    private EqualValues() {}

    record Case(String name, Object value, Type type) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> all() {
        return Stream.of(plain(), numbers(), times(), containers(), generics(), classes(), springData())
                .flatMap(cases -> cases);
    }

    private static Case of(Object value) {
        return new Case(value.getClass().getSimpleName() + " " + shown(value), value, value.getClass());
    }

    private static String shown(Object value) {
        String text = String.valueOf(value);
        return text.substring(0, Math.min(30, text.length())).replace('\u007f', '?');
    }

    private static Case of(Object value, ParameterizedTypeReference<?> type) {
        return as(value, type.getType());
    }

    private static Case as(Object value, Type type) {
        return new Case(type.getTypeName() + " " + shown(value), value, type);
    }

    private static Stream<Case> plain() {
        return Stream.concat(
                Stream.of(
                                "",
                                "text",
                                "'; drop table x; --%",
                                "quotes \" and \\ and / and \\u0000 as text",
                                "\uD83D\uDE00 emoji",
                                "\u0001\t\n\u2028",
                                "x".repeat(10_240),
                                true,
                                'c',
                                '\uFFFD',
                                UUID.fromString("00000000-0000-0000-0000-000000000001"),
                                URI.create("http://example.org/?a=b"),
                                Locale.forLanguageTag("de-CH"),
                                Currency.getInstance("EUR"),
                                Weekday.SUNDAY,
                                new byte[] {0, -1, 127},
                                new int[] {1, 2},
                                new long[0],
                                new double[] {1.5, Double.NaN, -0.0, Double.NEGATIVE_INFINITY},
                                new boolean[] {true},
                                new char[] {'a', 'b'},
                                new String[] {"a", null},
                                new int[][] {{1}, {}},
                                new StringBuilder("text"),
                                new AtomicLong(5))
                        .map(EqualValues::of),
                Stream.of(as(Weekday.MONDAY, Weekday.class), as(url(), URL.class)));
    }

    private static URL url() {
        try {
            return URI.create("http://no-such-host.invalid/").toURL();
        } catch (java.net.MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Stream<Case> numbers() {
        return Stream.of(
                        0,
                        Integer.MIN_VALUE,
                        Long.MAX_VALUE,
                        (short) 3,
                        (byte) -1,
                        0.0,
                        -0.0,
                        -0.0f,
                        0.1,
                        0.1f,
                        1.0E7,
                        1.0E-5,
                        1.0E10f,
                        Double.MIN_VALUE,
                        Double.MAX_VALUE,
                        Float.MAX_VALUE,
                        Double.NaN,
                        Double.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        new BigDecimal("1.10"),
                        new BigDecimal("0.00"),
                        new BigDecimal("1E-20"),
                        new BigDecimal("123456789012345678901234567890.123456789"),
                        BigInteger.ONE.shiftLeft(200),
                        new Floating(-0.0, Float.NaN))
                .map(EqualValues::of);
    }

    private static Stream<Case> times() {
        ZoneId paris = ZoneId.of("Europe/Paris");
        LocalDateTime local = LocalDateTime.of(2026, 10, 25, 2, 30, 0, 123_456_789);
        return Stream.of(
                        Instant.parse("2026-01-01T00:00:00.123456789Z"),
                        Instant.EPOCH,
                        Instant.parse("-0044-03-15T00:00:00Z"),
                        LocalDate.of(2026, 2, 28),
                        LocalTime.of(1, 2, 3, 4),
                        local,
                        ZonedDateTime.of(local, paris).withLaterOffsetAtOverlap(),
                        ZonedDateTime.of(local, ZoneId.of("UTC")),
                        ZonedDateTime.of(local, ZoneOffset.UTC),
                        OffsetDateTime.of(local, ZoneOffset.ofHours(-5)),
                        OffsetDateTime.of(local, ZoneOffset.UTC),
                        Duration.ofSeconds(90, 1),
                        Period.of(1, 2, 3),
                        Year.of(2026),
                        YearMonth.of(2026, 3),
                        MonthDay.of(2, 29),
                        ZoneOffset.ofHours(2),
                        new Date(1_700_000_000_123L))
                .map(EqualValues::of)
                .flatMap(sample -> Stream.of(sample))
                .map(sample -> sample.value() instanceof ZoneId ? as(sample.value(), ZoneId.class) : sample);
    }

    private static Stream<Case> containers() {
        EnumMap<Weekday, Integer> enumMap = new EnumMap<>(Map.of(Weekday.MONDAY, 1));
        return Stream.of(
                of(List.of(ANN, BOB), new ParameterizedTypeReference<List<User>>() {}),
                of(Arrays.asList(ANN, null), new ParameterizedTypeReference<Collection<User>>() {}),
                of(List.of(), new ParameterizedTypeReference<List<User>>() {}),
                of(Set.of(ANN, BOB), new ParameterizedTypeReference<Set<User>>() {}),
                of(new HashSet<>(users(200)), new ParameterizedTypeReference<HashSet<User>>() {}),
                of(new LinkedHashSet<>(List.of("z", "a")), new ParameterizedTypeReference<Set<String>>() {}),
                of(new TreeSet<>(List.of("z", "a")), new ParameterizedTypeReference<SortedSet<String>>() {}),
                of(new ArrayDeque<>(List.of(1, 2)), new ParameterizedTypeReference<Deque<Integer>>() {}),
                of(new HashMap<>(Map.of("k", 1)).values(), new ParameterizedTypeReference<Collection<Integer>>() {}),
                of(Map.of(1L, List.of(ANN), 2L, List.of()), new ParameterizedTypeReference<Map<Long, List<User>>>() {}),
                of(Map.of(Weekday.MONDAY, 1), new ParameterizedTypeReference<Map<Weekday, Integer>>() {}),
                of(Map.of(new UUID(1, 2), 1), new ParameterizedTypeReference<Map<UUID, Integer>>() {}),
                of(Map.of(LocalDate.EPOCH, 1), new ParameterizedTypeReference<Map<LocalDate, Integer>>() {}),
                of(
                        new TreeMap<>(Map.of("aa", 1, "b", 2)),
                        new ParameterizedTypeReference<SortedMap<String, Integer>>() {}),
                of(Collections.singletonMap("k", null), new ParameterizedTypeReference<Map<String, Integer>>() {}),
                of(enumMap, new ParameterizedTypeReference<EnumMap<Weekday, Integer>>() {}),
                of(EnumSet.of(Weekday.MONDAY), new ParameterizedTypeReference<EnumSet<Weekday>>() {}),
                of(EnumSet.allOf(Weekday.class), new ParameterizedTypeReference<Set<Weekday>>() {}),
                of(Map.entry("k", ANN), new ParameterizedTypeReference<Map.Entry<String, User>>() {}),
                as(List.of(1, 1L << 33, 1.5, "x", true), Object.class),
                as(Map.of("big", BigInteger.ONE.shiftLeft(80), "nested", Map.of("d", 1.0E7)), Object.class));
    }

    private static List<User> users(int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> new User(i, "u" + i, List.of()))
                .toList();
    }

    private static Stream<Case> generics() {
        return Stream.of(
                of(Optional.of(ANN), new ParameterizedTypeReference<Optional<User>>() {}),
                of(Optional.empty(), new ParameterizedTypeReference<Optional<User>>() {}),
                of(OptionalInt.of(3)),
                of(new AtomicReference<>(ANN), new ParameterizedTypeReference<AtomicReference<User>>() {}),
                of(new Holder<>(List.of(ANN)), new ParameterizedTypeReference<Holder<List<User>>>() {}),
                of(
                        new PageLike<>(List.of(ANN), 7, Map.of(1L, ANN)),
                        new ParameterizedTypeReference<PageLike<User>>() {}),
                of(List.of(Optional.of(1.5)), new ParameterizedTypeReference<List<Optional<Double>>>() {}),
                of(List.of(new Cat(9), new Dog("rex")), new ParameterizedTypeReference<List<Animal>>() {}),
                of(new Holder<>(new Cat(9)), new ParameterizedTypeReference<Holder<Animal>>() {}));
    }

    private static Stream<Case> classes() {
        Secretive secretive = new Secretive();
        Parent parent = new Parent();
        Child child = new Child();
        child.parent = parent;
        parent.children.add(child);
        Names names = new Names();
        return Stream.of(
                of(ANN),
                of(BOB),
                of(new Empty()),
                of(new Range(1, 2)),
                of(new Sparse("a", null)),
                of(new Mixed(
                        Optional.empty(),
                        OptionalInt.of(1),
                        new BigDecimal("9.90"),
                        Instant.EPOCH,
                        Map.of(Weekday.MONDAY, List.of(new Range(1, 1))),
                        'x')),
                of(new WithCreator("n", 3)),
                of(new WithConstructorProperties("n")),
                of(new Immutable("n", List.of(1))),
                of(new Money("1 EUR")),
                of(new Basket().with("a").with("b")),
                of(secretive),
                of(new WithTransient()),
                of(parent),
                of(Node.chain(100)),
                as(new Cat(9), Animal.class),
                as(new Cat(9), Cat.class));
    }

    private static Stream<Case> springData() {
        Sort sort = Sort.by(Sort.Order.desc("name").ignoreCase().nullsLast(), Sort.Order.asc("id"));
        PageRequest second = PageRequest.of(1, 2, sort);
        return Stream.of(
                of(new PageImpl<>(List.of(ANN, BOB), second, 9), new ParameterizedTypeReference<Page<User>>() {}),
                of(new PageImpl<>(List.of(ANN)), new ParameterizedTypeReference<Page<User>>() {}),
                of(Page.empty(), new ParameterizedTypeReference<PageImpl<User>>() {}),
                of(new SliceImpl<>(List.of(ANN), second, true), new ParameterizedTypeReference<Slice<User>>() {}),
                of(new Holder<>(new PageImpl<>(List.of(ANN))), new ParameterizedTypeReference<Holder<Page<User>>>() {}),
                as(second, Pageable.class),
                as(Pageable.unpaged(sort), Pageable.class),
                as(sort, Sort.class),
                as(Sort.unsorted(), Sort.class),
                as(Sort.Order.desc("x"), Sort.Order.class));
    }
}
