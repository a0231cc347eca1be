package io.psycache.spring.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.data.domain.PageRequest;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;

class CacheKeyEncoderTests {
    private static final UUID ID = UUID.fromString("6f1e2c1a-0000-4000-8000-000000000001");

    private final CacheKeyEncoder encoder = new CacheKeyEncoder("", Map.of());

    enum Size {
        SMALL,
        LARGE {
            @Override
            public String toString() {
                return "XL";
            }
        }
    }

    record Coordinates(int x, Object y) {}

    record Masked(String secret) {
        @Override
        public String toString() {
            return "***";
        }

        @Override
        public String secret() {
            return "***";
        }
    }

    static final class Order {
        @Override
        public String toString() {
            return "Order(id=1)";
        }
    }

    @ParameterizedTest
    @MethodSource("texts")
    void keysAreReadable(Object key, String text) {
        assertThat(encoder.encode(key)).isEqualTo(text);
    }

    static Stream<Arguments> texts() {
        String here = CacheKeyEncoderTests.class.getName();
        return Stream.of(
                arguments("a", "\"a\""),
                arguments("a\"b\\c", "\"a\\\"b\\\\c\""),
                arguments("nul\0", "\"nul\\u0000\""),
                arguments("lone\ud800", "\"lone\\ud800\""),
                arguments("\ud83d\ude00", "\"\ud83d\ude00\""),
                arguments(1, "1"),
                arguments(1L, "1L"),
                arguments((short) 1, "Short(\"1\")"),
                arguments(1.0, "1.0"),
                arguments(1.0f, "Float(\"1.0\")"),
                arguments('1', "Character(\"1\")"),
                arguments(true, "true"),
                arguments(new BigDecimal("1.50"), "BigDecimal(1.50)"),
                arguments(BigInteger.ONE, "BigInteger(1)"),
                arguments(ID, "UUID(" + ID + ")"),
                arguments(Instant.EPOCH, "Instant(1970-01-01T00:00:00Z)"),
                arguments(LocalDate.of(2026, 1, 2), "LocalDate(2026-01-02)"),
                arguments(Duration.ofSeconds(3), "Duration(PT3S)"),
                arguments(ZoneId.of("Europe/Paris"), "ZoneId(Europe/Paris)"),
                arguments(ZoneOffset.UTC, "ZoneOffset(Z)"),
                arguments(Locale.US, "Locale(en_US)"),
                arguments(URI.create("http://a/(b)"), "URI(http://a/\\(b\\))"),
                arguments(String.class, "Class(java.lang.String)"),
                arguments(Size.SMALL, here + "$Size.SMALL"),
                arguments(Size.LARGE, here + "$Size.LARGE"),
                arguments(SimpleKey.EMPTY, "()"),
                arguments(new SimpleKey("a", "b"), "(\"a\", \"b\")"),
                arguments(new SimpleKey("a, b"), "(\"a, b\")"),
                arguments(new SimpleKey(1, null), "(1, null)"),
                arguments(List.of(1, "a"), "[1, \"a\"]"),
                arguments(new LinkedHashSet<>(List.of(2, 1)), "{1, 2}"),
                arguments(Map.of("k", 1), "map{\"k\": 1}"),
                arguments(new String[] {"a"}, "array[\"a\"]"),
                arguments(new int[] {1, 2}, "int[1, 2]"),
                arguments(new byte[] {1, (byte) 0xff}, "bytes(01ff)"),
                arguments(Optional.empty(), "Optional()"),
                arguments(Optional.of(1), "Optional(1)"),
                arguments(new Coordinates(1, "y"), here + "$Coordinates(1, \"y\")"),
                arguments(new Masked("s"), here + "$Masked(\"s\")"),
                arguments(
                        PageRequest.of(0, 20, Sort.by("name").descending()),
                        "org.springframework.data.domain.PageRequest(0, 20, org.springframework.data.domain.Sort("
                                + "org.springframework.data.domain.Sort$Order(\"name\", "
                                + "org.springframework.data.domain.Sort$Direction.DESC, false, "
                                + "org.springframework.data.domain.Sort$NullHandling.NATIVE)))"));
    }

    @Test
    void keysAreStoredUnderPrefixAndCacheName() {
        assertThat(new CacheKeyEncoder("app:users::", Map.of()).encode(1)).isEqualTo("app:users::1");
    }

    @ParameterizedTest
    @MethodSource("equalKeys")
    void equalKeysHaveTheSameText(Object key, Object equal) {
        assertThat(encoder.encode(key)).isEqualTo(encoder.encode(equal));
    }

    static Stream<Arguments> equalKeys() {
        return Stream.of(
                arguments(List.of(1, 2), new LinkedList<>(List.of(1, 2))),
                arguments(Set.of(3, 1, 2), new TreeSet<>(Set.of(1, 2, 3))),
                arguments(Map.of("a", 1, "b", 2), new HashMap<>(Map.of("b", 2, "a", 1))),
                arguments(new SimpleKey((Object) new Integer[] {1}), new SimpleKey((Object) new Object[] {1})),
                arguments(PageRequest.of(1, 2), PageRequest.of(1, 2, Sort.unsorted())),
                arguments(new Coordinates(1, List.of(2)), new Coordinates(1, new ArrayList<>(List.of(2)))));
    }

    @Test
    void differentKeysNeverShareAText() {
        long seed = System.nanoTime();
        System.out.println("seed of differentKeysNeverShareAText: " + seed);
        Random random = new Random(seed);
        Map<String, Object> keys = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            Object key = randomKey(random, 3);
            Object other = keys.putIfAbsent(encoder.encode(key), key);
            assertThat(other == null || new SimpleKey(other).equals(new SimpleKey(key)))
                    .as("seed %s: %s and %s are both %s", seed, other, key, encoder.encode(key))
                    .isTrue();
        }
        assertThat(keys).hasSizeGreaterThan(500);
    }

    private static Object randomKey(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 14 : 22);
        int small = random.nextInt(3);
        return switch (kind) {
            case 0 -> small;
            case 1 -> (long) small;
            case 2 -> (short) small;
            case 3 -> (byte) small;
            case 4 -> (double) small;
            case 5 -> (float) small;
            case 6 -> (char) ('0' + small);
            case 7 -> new BigDecimal(small).setScale(small);
            case 8 -> BigInteger.valueOf(small);
            case 9, 10 -> randomText(random);
            case 11 -> Instant.ofEpochSecond(small);
            case 12 -> small == 0 ? new Date(1) : small == 1 ? new Timestamp(1) : Size.LARGE;
            case 13 -> small == 0 ? String.class : small == 1 ? ID : ID.toString();
            case 14 -> randomKeys(random, depth);
            case 15 -> new LinkedHashSet<>(randomKeys(random, depth));
            case 16 -> new SimpleKey(randomKeys(random, depth).toArray());
            case 17 -> depth == 3 ? randomKeys(random, depth).toArray() : small; // equal by content only at the top
            case 18 -> Collections.singletonMap(randomKey(random, depth - 1), randomKey(random, depth - 1));
            case 19 -> Optional.of(randomKey(random, depth - 1));
            case 20 -> new Coordinates(small, randomKey(random, depth - 1));
            default ->
                PageRequest.of(small, 1 + small, small == 0 ? Sort.unsorted() : Sort.by(randomText(random) + "p"));
        };
    }

    private static List<Object> randomKeys(Random random, int depth) {
        Object[] keys = new Object[random.nextInt(3)];
        Arrays.setAll(keys, index -> random.nextInt(5) == 0 ? null : randomKey(random, depth - 1));
        return Arrays.asList(keys);
    }

    private static String randomText(Random random) {
        String[] parts = {
            "a", "1", "L", "\"", "\\", ", ", "(", ")", "[", "]", "null", "::", "\0", "\\u0000", "\ud800", "true"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.toString();
    }

    @Test
    void aKeyOfAnUnknownClassIsRefusedWithWhatToDo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(new SimpleKey(1, new Order())))
                .withMessageContaining("$Order has no text that tells it from other keys")
                .withMessageContaining("key = \"#order.id\"")
                .withMessageContaining("keyConverter");
    }

    @Test
    void aKeyConverterMakesAnUnknownClassAKey() {
        assertThat(new CacheKeyEncoder("", Map.of(Order.class, order -> "or)der")).encode(new Order()))
                .endsWith("$Order(\"or)der\")");
    }

    @Test
    void aKeyThatContainsItselfIsRefused() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(cycle))
                .withMessageContaining("contains itself");
    }

    @Test
    void unpagedIsAKey() {
        assertThat(encoder.encode(Pageable.unpaged())).isNotEqualTo(encoder.encode(PageRequest.of(0, 1)));
    }
}
