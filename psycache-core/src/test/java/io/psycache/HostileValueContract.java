package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.psycache.codec.CacheCodec;
import io.psycache.testsupport.TestDatabase;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ParameterizedTypeReference;

/** Values come back equal, or are refused with key, type and reason while the tables stay as they are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HostileValueContract {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String KEY = "it's \"the\" key";
    private static final String HIGH = "\ud83d";
    private static final String LOW = "\ude00";

    @RegisterExtension
    private final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    private final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .timeout(Duration.ofSeconds(20))
            .options(CacheOptions.none().codec(codec()))
            .build());

    abstract CacheCodec codec();

    record Named(String name, Object anything) {}

    record Measured(double value) {}

    @SuppressWarnings("unused") // state
    static final class Node {
        Node next;
        Object value;
    }

    enum Shape {
        ROUND {
            @Override
            int corners() {
                return 0;
            }
        },
        SQUARE;

        int corners() {
            return 4;
        }
    }

    private static List<String> texts() {
        return List.of(
                "",
                " ",
                "'; drop table psycache; --",
                "o'hara \"quoted\" `ticked`",
                "\\ \\\\ \\u0000 \\ud83d \\\"",
                "{}",
                "{\"a\": [1, 2",
                "[]",
                "null",
                "true",
                "1e400",
                "NaN",
                "NULL",
                "%s ? $1 :x ${x}",
                "\u0001\u0008\t\n\u000b\f\r\u001f\u007f\u0085\u2028\u2029",
                "😀👩‍👩‍👧‍👦🏳️‍🌈",
                "\ud7ff\ue000\ufeff\ufffe\uffff",
                Character.toString(0x10FFFF),
                "e\u0301 é \u202e",
                "</script><!--",
                "2020-01-01T00:00:00Z");
    }

    static Stream<Arguments> good() {
        List<Object> values = new ArrayList<>(texts());
        values.addAll(numbers());
        values.addAll(List.of(
                true,
                'c',
                '\uffff',
                List.of(),
                Map.of(),
                Map.of("", ""),
                Map.of("'", 1, "\"", 2, "\\", 3, "😀", 4, "a.b", 5, "$[0]", 6),
                Map.of("@class", "java.lang.Runtime", "@type", "x", "__proto__", Map.of(), "$ref", "#"),
                Arrays.asList(1, "two", 3.5, true, null, List.of(), Map.of("a", List.of())),
                List.of(0.1, 1.0, 1e300, 5e-324, 100, 3_000_000_000L, new BigInteger("9".repeat(40))),
                texts(),
                nestedList(100),
                nestedMap(100),
                nestedList(500),
                new byte[0],
                new byte[] {0, -1, 127},
                new int[] {Integer.MIN_VALUE, 0, Integer.MAX_VALUE},
                new double[] {Double.NaN, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE},
                new String[] {"", "'"},
                UUID.fromString("00000000-0000-0000-0000-000000000000"),
                URI.create("http://[::1]/%00?q=%22"),
                Instant.MIN,
                Instant.MAX,
                Instant.parse("2024-02-29T23:59:59.999999999Z"),
                LocalDate.MIN,
                LocalDate.of(-44, 3, 15),
                LocalDateTime.MAX,
                OffsetDateTime.parse("2024-01-01T00:00:00+14:00"),
                ZonedDateTime.parse("2024-10-27T02:30:00+01:00[Europe/Berlin]"),
                Duration.ofSeconds(Long.MIN_VALUE),
                Shape.ROUND,
                Shape.SQUARE,
                new Named("'; drop table psycache; --", null),
                new Named("\"name\": \"\\\"", "text"),
                new Measured(Double.NaN),
                new Measured(-0.0)));
        Map<Object, Object> withNull = new HashMap<>();
        withNull.put("nothing", null);
        values.add(withNull);
        return values.stream().map(value -> arguments(described(value), value));
    }

    private static List<Object> numbers() {
        return List.of(
                0,
                Integer.MIN_VALUE,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                0.1,
                -0.0,
                1e300,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                Float.NaN,
                Float.MIN_VALUE,
                -0.0f,
                new BigDecimal("0.00"),
                new BigDecimal("12.50"),
                new BigDecimal("1e-400"),
                new BigDecimal("1e400").setScale(0),
                new BigDecimal("1e400").setScale(2),
                new BigDecimal("-" + "9".repeat(900) + "." + "9".repeat(90)),
                BigInteger.TEN.pow(900).negate());
    }

    private static String described(Object value) {
        String text = value.getClass().getSimpleName() + " " + value;
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }

    private static List<Object> nestedList(int depth) {
        List<Object> nested = new ArrayList<>(List.of("core"));
        for (int i = 1; i < depth; i++) {
            nested = new ArrayList<>(List.of(nested));
        }
        return nested;
    }

    private static Map<String, Object> nestedMap(int depth) {
        Map<String, Object> nested = new HashMap<>(Map.of("core", 1));
        for (int i = 1; i < depth; i++) {
            nested = new HashMap<>(Map.of("k", nested));
        }
        return nested;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void valueComesBackEqual(String name, Object value) {
        Class<?> type = readAs(value);

        cache.put(KEY, value, TTL);
        assertSame(cache.get(KEY, type).orElseThrow(), value);
        assertThat(cache.remove(KEY)).isTrue();

        assertThat(cache.putIfAbsent(KEY, value, TTL)).isTrue();
        assertSame(cache.get(KEY, type).orElseThrow(), value);
        assertThat(cache.remove(KEY)).isTrue();

        assertSame(cache.<Object>getOrLoad(KEY, cast(type), () -> value), value);
        assertSame(cache.<Object>getOrLoad(KEY, cast(type), () -> "not loaded"), value);

        cache.putAll(Map.of("a", value, KEY, value), TTL);
        assertSame(cache.getAll(List.of(KEY, "a"), type).get("a"), value);
        assertThat(cache.flush()).isEqualTo(2);
    }

    private static Class<?> readAs(Object value) {
        if (value instanceof Map) {
            return Map.class;
        }
        if (value instanceof List) {
            return List.class;
        }
        return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }

    @SuppressWarnings("unchecked") // a test's own class
    private static Class<Object> cast(Class<?> type) {
        return (Class<Object>) type;
    }

    /** Untyped JSON has strings for these; whoever reads them as what they are gets them. */
    static Stream<Arguments> generic() {
        return Stream.of(
                arguments(List.of(Double.NaN, -0.0, 1e300), new ParameterizedTypeReference<List<Double>>() {}),
                arguments(
                        Map.of("a", Float.NEGATIVE_INFINITY), new ParameterizedTypeReference<Map<String, Float>>() {}),
                arguments(List.of(LocalDate.MIN), new ParameterizedTypeReference<List<LocalDate>>() {}),
                arguments(
                        Map.of(1L, List.of(Shape.ROUND)), new ParameterizedTypeReference<Map<Long, List<Shape>>>() {}),
                arguments(
                        List.of(new BigDecimal("1.10"), new BigDecimal("1e400").setScale(0)),
                        new ParameterizedTypeReference<List<BigDecimal>>() {}),
                arguments(
                        Map.of("'; drop table psycache", new Measured(Double.NaN)),
                        new ParameterizedTypeReference<Map<String, Measured>>() {}));
    }

    @ParameterizedTest
    @MethodSource("generic")
    void untypedValueIsReadAsWhatItWas(Object value, ParameterizedTypeReference<?> type) {
        cache.put(KEY, value, TTL);

        assertThat(cache.get(KEY, type))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(value));
    }

    private static void assertSame(Object actual, Object value) {
        assertThat(actual).isEqualTo(value);
        if (value instanceof Number) {
            assertThat(actual).hasToString(value.toString()); // negative zero, scale
        }
    }

    /** What is wrong, with a part of the reason. Suppliers, since some of them have no usable {@code toString}. */
    Stream<Arguments> bad() {
        return Stream.of(
                bad("U+0000", "U+0000", () -> "a\0b"),
                bad("only U+0000", "U+0000", () -> "\0"),
                bad("U+0000 after 1 MB", "U+0000", () -> "x".repeat(1_000_000) + "\0"),
                bad("U+0000 in a list", "U+0000", () -> List.of("a", "\0")),
                bad("U+0000 in a record", "U+0000", () -> new Named("a\0", null)),
                bad("U+0000 in an object's key", "U+0000", () -> Map.of("\0", 1)),
                bad("U+0000 as a char", "U+0000", () -> '\0'),
                bad("U+0000 100 deep", "U+0000", () -> {
                    List<Object> nested = nestedList(99);
                    return List.of(nested, "\0");
                }),
                bad("high surrogate", "surrogate", () -> "a" + HIGH),
                bad("high surrogate before text", "surrogate", () -> HIGH + "a"),
                bad("low surrogate", "surrogate", () -> LOW),
                bad("surrogates the wrong way round", "surrogate", () -> LOW + HIGH),
                bad("two high surrogates", "surrogate", () -> HIGH + HIGH + LOW),
                bad("surrogate in an object's key", "surrogate", () -> Map.of("k" + HIGH, 1)),
                bad("surrogate as a char", "surrogate", () -> '\ud83d'),
                bad("exponent out of bounds", "digits", () -> new BigDecimal("1e131072")),
                bad("exponent that would fill the memory", "digits", () -> new BigDecimal("1e2000000000")),
                bad("scale out of bounds", "digits", () -> new BigDecimal("1e-16384")),
                bad("scale that would fill the memory", "digits", () -> new BigDecimal("1e-2000000000")),
                bad("integer out of bounds", "digits", () -> BigInteger.TEN.pow(131_073)),
                bad("untyped exponent out of bounds", "digits", () -> List.of(new BigDecimal("1e131072"))),
                bad("decimal with a negative scale", "scale", () -> new BigDecimal("1e400")),
                bad("integer that Jackson would not read", "1000", () -> BigInteger.TEN.pow(2_000)),
                bad("untyped integer that Jackson would not read", "1000", () -> List.of(BigInteger.TEN.pow(2_000))),
                bad("untyped decimal that Jackson would not read", "1000", () -> Map.of("a", new BigDecimal("1e2000"))),
                bad("nested 10,000 deep", "deep", () -> nestedList(10_000)),
                bad("objects nested 10,000 deep", "deep", () -> nestedMap(10_000)),
                bad("typed and nested 10,000 deep", "deep", () -> new Named("n", nestedList(10_000))),
                bad("nested 1,001 deep", "deep", () -> nestedList(1_001)),
                bad("chain of 10,000 nodes", "deep", () -> chain(10_000)),
                bad("list in itself", "deep", HostileValueContract::cyclicList),
                bad("map in itself", "deep", HostileValueContract::cyclicMap),
                bad("object in itself", "", () -> {
                    Node node = chain(1);
                    node.next = node;
                    return node;
                }),
                bad("object in itself by another", "deep", () -> {
                    Node node = chain(2);
                    node.next.next = node;
                    return node;
                }),
                bad("thread", "", Thread::currentThread),
                bad("lambda", "lambda", () -> (Runnable) () -> {}),
                bad("lambda in a map", "lambda", () -> Map.of("f", (Runnable) () -> {})),
                bad("class loader", "", HostileValueContract.class::getClassLoader),
                bad("stream of bytes", "", () -> new ByteArrayInputStream(new byte[] {1})),
                bad("stream", "", () -> Stream.of(1)),
                bad("plain object", "", Object::new),
                bad("connection pool", "", () -> database.dataSource()),
                bad("map with a null key", "", () -> Collections.singletonMap(null, 1)),
                bad("interface in a field", "", () -> new Named("n", LocalDate.EPOCH)),
                bad("name over Jackson's limit", "50000", () -> Map.of("😀".repeat(262_144), 1)));
    }

    private static Arguments bad(String name, String reason, Supplier<Object> value) {
        return arguments(name, reason, value);
    }

    private static Node chain(int length) {
        Node first = new Node();
        Node last = first;
        for (int i = 1; i < length; i++) {
            last.next = new Node();
            last = last.next;
        }
        return first;
    }

    private static Object cyclicList() {
        List<Object> list = new ArrayList<>();
        list.add(list);
        return list;
    }

    private static Object cyclicMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("self", Map.of("again", map));
        return map;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bad")
    void valueIsRefusedWithKeyTypeAndReason(String name, String reason, Supplier<Object> bad) {
        Object value = bad.get();
        cache.put(KEY, "before", TTL);
        cache.put("a", "before", TTL);
        String before = tables();

        refused(reason, value, () -> cache.put(KEY, value, TTL));
        refused(reason, value, () -> cache.putIfAbsent(KEY, value, TTL));
        refused(reason, value, () -> cache.putAll(entries(value), TTL));
        assertThat(tables()).isEqualTo(before);

        cache.remove(KEY);
        before = tables();
        refused(reason, value, () -> cache.<Object>getOrLoad(KEY, cast(readAs(value)), () -> value));
        assertThat(tables()).isEqualTo(before);
    }

    private static Map<String, Object> entries(Object value) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("a", "after");
        entries.put(KEY, value);
        entries.put("z", "after");
        return entries;
    }

    private static void refused(String reason, Object value, ThrowingCallable call) {
        CacheValueException refused = catchThrowableOfType(CacheValueException.class, call);

        assertThat(refused).as("refusal").isNotNull();
        assertThat(refused.getKey()).isEqualTo(KEY);
        assertThat(refused.getTypeName()).isNotBlank();
        assertThat(refused.getReason()).isNotBlank().contains(reason);
        assertThat(refused).hasMessageContaining(KEY).hasMessageContaining(refused.getTypeName());
        assertThat(refused.getMessage()).hasSizeLessThan(2_000);
    }

    @Test
    void largeValuesWork() {
        String compressible = "x".repeat(5_000_000);
        String random = new Random(42)
                .ints(5_000_000, ' ', 0xD7FF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();

        cache.putAll(Map.of("a", compressible, "b", random, "c", Map.of("k".repeat(50_000), List.of(random))), TTL);

        assertThat(cache.get("a", String.class)).contains(compressible);
        assertThat(cache.get("b", String.class)).contains(random);
        assertThat(cache.getRaw("c")).contains(Map.of("k".repeat(50_000), List.of(random)));
    }

    @Test
    void valueThatIsNoJsonInTheEyesOfACodecIsRefusedByPostgres() {
        String before = tables();
        for (String json : List.of("", "{", "nul", "\"\\u0000\"", "{\"a\": 1e999999}", "'x'", "\"a\u0001\"")) {
            PostgresCache lax = PostgresCache.builder(database.dataSource())
                    .options(CacheOptions.none().codec(new TextCodec(json)))
                    .build();

            for (ThrowingCallable put : List.<ThrowingCallable>of(
                    () -> lax.put(KEY, "v", TTL),
                    () -> lax.putIfAbsent(KEY, "v", TTL),
                    () -> lax.putAll(Map.of(KEY, "v"), TTL))) {
                assertThatExceptionOfType(CacheValueException.class)
                        .as(json)
                        .isThrownBy(put)
                        .withMessageContaining(KEY)
                        .withMessageContaining("PostgreSQL refuses it");
            }
            assertThatLoadsAreReturnedAndNotStored(lax, json);
            lax.close();
        }
        assertThat(tables()).isEqualTo(before);
    }

    private static void assertThatLoadsAreReturnedAndNotStored(PostgresCache lax, String json) {
        try {
            assertThat(lax.getOrLoad(KEY, String.class, () -> "v")).isEqualTo("v");
        } catch (CacheValueException e) { // what can be told without PostgreSQL
            assertThat(e).as(json).hasMessageContaining(KEY).hasMessageContaining("PostgreSQL refuses it");
        }
        assertThat(lax.exists(KEY)).isFalse();
    }

    private record TextCodec(String json) implements CacheCodec {
        @Override
        public byte[] encode(Object value, Type type) {
            return json.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            throw new IllegalStateException("nothing was stored");
        }
    }

    private String tables() {
        return String.valueOf(
                database.queryForString("select (select string_agg(e::text, ' ' order by key) from psycache e)"
                        + " || (select count(*) from psycache_invalidation)"));
    }
}
