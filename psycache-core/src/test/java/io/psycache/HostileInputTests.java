package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys, tags and prefixes that try to be something else. Values are in {@link HostileValueContract}. */
class HostileInputTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String LAST = Character.toString(0x10FFFF);

    @RegisterExtension
    private static final TestDatabase database =
            TestDatabase.create(PsycacheSchema::create).emptiedAfterEach("psycache", "psycache_invalidation");

    private static final PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .timeout(Duration.ofSeconds(10))
            .build());

    @BeforeEach
    void putNeighbour() {
        cache.withTags("neighbour").put("neighbour", "untouched", TTL);
    }

    @AfterEach
    void empty() {
        assertThat(database.queryForString("select value from psycache where key = 'neighbour'"))
                .isIn("\"untouched\"", null);
    }

    /** What all texts have to live through: keys, tags and prefixes. */
    static Stream<Arguments> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("a space", " ");
        texts.put("white space around", "\t k \r\n");
        texts.put("single quote", "o'hara");
        texts.put("only quotes", "'\"`'");
        texts.put("injection", "'; drop table psycache; --");
        texts.put("injection by backslash", "\\'; drop table psycache; --");
        texts.put("dollar quotes", "$$; drop table psycache; $$");
        texts.put("comment", "/* k */ --");
        texts.put("bind markers", "? :key $1 %s %n ${x} #{x}");
        texts.put("wildcards", "%_*?[a-z]");
        texts.put("backslashes", "\\ \\\\ \\u0000 \\0 \\x00");
        texts.put("array syntax", "{a,b} {\"a\",NULL}");
        texts.put("NULL", "NULL");
        texts.put("null", "null");
        texts.put("empty quotes", "\"\"");
        texts.put("JSON", "{\"a\": [1, null]}");
        texts.put("commas", ",,");
        texts.put("control characters", "\u0001\u0008\u001b[31m\u007f\u0085");
        texts.put("accents", "é and e\u0301");
        texts.put("right to left", "\u202eabc\u2066");
        texts.put("byte order mark", "\ufeffk");
        texts.put("replacement character", "\ufffd?");
        texts.put("noncharacters", "\ufffe\uffff");
        texts.put("emoji", "😀👩‍👩‍👧‍👦🏳️‍🌈");
        texts.put("before the surrogates", "\ud7ff");
        texts.put("after the surrogates", "\ue000");
        texts.put("last code point", LAST);
        texts.put("last code points", LAST.repeat(3));
        texts.put("our own namespaces", "k:neighbour");
        texts.put("our own prefix tag", "p");
        texts.put("1,024 bytes", "x".repeat(1_024));
        texts.put("1,025 bytes", "x".repeat(1_025));
        texts.put("1,024 bytes of 4", "😀".repeat(256));
        texts.put("1,028 bytes of 4", "😀".repeat(257));
        texts.put("1,025 bytes of 3 and 2", "€".repeat(341) + "é");
        texts.put("1,024 random bytes", random(1_024));
        texts.put("10 KB", "x".repeat(10_240));
        texts.put("10 KB at random", random(10_240));
        texts.put("10 KB of quotes", "'\"\\".repeat(3_414));
        texts.put("1 MB of emoji", "😀".repeat(262_144));
        return texts.entrySet().stream().map(text -> arguments(text.getKey(), text.getValue()));
    }

    /** Text that does not compress. */
    private static String random(int length) {
        return new Random(42)
                .ints(length, 33, 127)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void everyOperationKnowsTheKey(String name, String key) {
        assertThat(cache.get(key, String.class)).isEmpty();
        cache.put(key, "v", TTL);
        assertThat(cache.get(key, String.class)).contains("v");
        assertThat(cache.exists(key)).isTrue();
        assertThat(cache.putIfAbsent(key, "w", TTL)).isFalse();
        assertThat(cache.remove(key)).isTrue();
        assertThat(cache.getOrLoad(key, String.class, TTL, () -> "loaded")).isEqualTo("loaded");
        assertThat(cache.getOrLoad(key, String.class, TTL, () -> "again")).isEqualTo("loaded");
        assertThat(cache.removeAll(List.of(key, "absent"))).isEqualTo(1);
        cache.putAll(Map.of(key, "v", "other", "o"), TTL);
        assertThat(cache.getAll(List.of("other", key), String.class))
                .containsExactly(Map.entry("other", "o"), Map.entry(key, "v"));
        assertThat(cache.remove(key)).isTrue();
        assertThat(cache.putIfAbsent(key, "w", TTL)).isTrue();
        assertThat(cache.removeByPrefix(key)).isEqualTo(1);
        assertThat(cache.exists(key)).isFalse();
        assertThat(cache.increment(key, 41, TTL)).isEqualTo(41);
        assertThat(cache.increment(key)).isEqualTo(42);
        cache.putRaw(key, Map.of("key", key), TTL);
        assertThat(cache.getRaw(key)).contains(Map.of("key", key));
        assertThat(cache.exists("neighbour")).isTrue();
        assertThat(cache.flush()).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void tagInvalidatesItsEntriesAndNoOthers(String name, String tag) {
        cache.withTags(tag).put("a", 1, TTL);
        cache.withTags("x", tag).put("b", 1, TTL);
        cache.withTags("x").put("c", 1, TTL);

        assertThat(cache.getAll(List.of("a", "b", "c"), Integer.class)).hasSize(3);
        cache.invalidateTags(tag);
        assertThat(cache.getAll(List.of("a", "b", "c", "neighbour"), Object.class))
                .containsOnlyKeys("c", "neighbour");
        cache.withTags(tag).put("a", 2, TTL);
        assertThat(cache.get("a", Integer.class)).contains(2);
        assertThat(cache.withTags(tag).getOrLoad("b", Integer.class, () -> 3)).isEqualTo(3);
        assertThat(cache.withTags(tag).increment("d")).isEqualTo(1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void regionAndItsNameWork(String name, String region) {
        CacheRegion one = cache.region(region);
        one.put("a", "v", String.class, TTL);
        cache.region("other").put("b", "v", String.class, TTL);

        one.clear();
        assertThat(cache.exists("a")).isFalse();
        assertThat(cache.exists("b")).isTrue();
        assertThat(one.invalidate()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void prefixRemovesWhatBeginsWithIt(String name, String prefix) {
        cache.putAll(Map.of(prefix + "a", 1, prefix + LAST, 2, "0" + prefix, 3), TTL);

        assertThat(cache.removeByPrefix(prefix)).isEqualTo(2);
        assertThat(cache.getAll(List.of(prefix + "a", prefix + LAST), Integer.class))
                .isEmpty();
        assertThat(cache.exists("0" + prefix)).isTrue();
        assertThat(cache.exists("neighbour")).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("texts")
    void prefixRefusesALoadInFlight(String name, String prefix) {
        String key = prefix + "a";

        cache.getOrLoad(key, String.class, () -> {
            cache.removeByPrefix(prefix);
            return "old";
        });

        assertThat(cache.exists(key)).isFalse();
    }

    @Test
    void longKeysThatDifferInTheirLastCharacterAreTwo() {
        String key = "x".repeat(10_239);
        cache.put(key + "a", "a", TTL);
        cache.put(key + "b", "b", TTL);

        assertThat(cache.getAll(List.of(key + "b", key + "a"), String.class))
                .containsExactly(Map.entry(key + "b", "b"), Map.entry(key + "a", "a"));
        assertThat(cache.remove(key + "a")).isTrue();
        assertThat(cache.get(key + "b", String.class)).contains("b");
    }

    @Test
    void keyThatImitatesAHashedOneIsAnother() {
        String victim = "x".repeat(10_240);
        cache.put(victim, "secret", TTL);
        String stored = database.queryForString("select key from psycache where key <> 'neighbour'");

        assertThat(cache.get(stored, String.class)).isEmpty();
        cache.put(stored, "forged", TTL);
        assertThat(cache.get(victim, String.class)).contains("secret");
    }

    static Stream<Arguments> badTexts() {
        return Stream.of(
                arguments("null", null, "null"),
                arguments("empty", "", "empty"),
                arguments("NUL", "\0", "NUL"),
                arguments("NUL inside", "a\0b", "NUL"),
                arguments("NUL in 10 KB", "x".repeat(10_240) + "\0", "NUL"),
                arguments("high surrogate", "\ud83d", "surrogate"),
                arguments("low surrogate", "\ude00", "surrogate"),
                arguments("surrogates the wrong way round", "a\ude00\ud83db", "surrogate"),
                arguments("high surrogate in 10 KB", "x".repeat(10_240) + "\ud83d", "surrogate"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTexts")
    void badKeyIsNamedAndNothingChanges(String name, String key, String rule) {
        String before = tables();
        List<String> keys = Collections.singletonList(key);

        refused("key", rule, () -> cache.get(key, String.class));
        refused("key", rule, () -> cache.getRaw(key));
        refused("key", rule, () -> cache.put(key, "v", TTL));
        refused("key", rule, () -> cache.put(key, "v"));
        refused("key", rule, () -> cache.putRaw(key, Map.of(), TTL));
        refused("key", rule, () -> cache.putIfAbsent(key, "v", TTL));
        refused("key", rule, () -> cache.getOrLoad(key, String.class, () -> "v"));
        refused("key", rule, () -> cache.exists(key));
        refused("key", rule, () -> cache.remove(key));
        refused("key", rule, () -> cache.removeAll(keys));
        refused("key", rule, () -> cache.increment(key));
        refused("key", rule, () -> cache.getAll(keys, String.class));
        refused("key", rule, () -> cache.putAll(Collections.singletonMap(key, "v"), TTL));
        Map<String, String> withGood = new LinkedHashMap<>(Map.of("good", "v"));
        withGood.put(key, "v");
        refused("key", rule, () -> cache.putAll(withGood, TTL));
        assertThat(tables()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTexts")
    void badTagPrefixAndNamesAreNamedAndNothingChanges(String name, String text, String rule) {
        String before = tables();

        refused("tag", rule, () -> cache.withTags("a", text));
        refused("tag", rule, () -> cache.invalidateTags("neighbour", text));
        refused("tag", rule, () -> cache.region("r").withTags(text, "a"));
        refused("prefix", rule, () -> cache.removeByPrefix(text));
        refused("spanName", rule, () -> cache.withSpanName(text));
        refused("name", rule, () -> cache.region(text));
        assertThat(tables()).isEqualTo(before);
    }

    private static void refused(String argument, String rule, ThrowingCallable call) {
        assertThatIllegalArgumentException()
                .isThrownBy(call)
                .withMessageStartingWith(argument)
                .withMessageContaining(rule);
    }

    static Stream<Arguments> badDurations() {
        return Stream.of(
                        Duration.ZERO,
                        Duration.ofNanos(-1),
                        Duration.ofSeconds(Long.MIN_VALUE),
                        Duration.ofSeconds(Long.MAX_VALUE))
                .map(Arguments::arguments);
    }

    @ParameterizedTest
    @MethodSource("badDurations")
    void badDurationIsNamedAndNothingChanges(Duration duration) {
        String before = tables();
        String rule = duration.compareTo(Duration.ZERO) > 0 ? "years" : "positive";

        refused("ttl", rule, () -> cache.put("k", "v", duration));
        refused("ttl", rule, () -> cache.putRaw("k", Map.of(), duration));
        refused("ttl", rule, () -> cache.putIfAbsent("k", "v", duration));
        refused("ttl", rule, () -> cache.putAll(Map.of("k", "v"), duration));
        refused("ttl", rule, () -> cache.getOrLoad("k", String.class, duration, () -> "v"));
        refused("ttl", rule, () -> cache.increment("k", 1, duration));
        refused("interval", rule, () -> cache.startCleanup(duration));
        PostgresCache.Builder builder = PostgresCache.builder(database.dataSource());
        refused("defaultTtl", rule, () -> builder.defaultTtl(duration));
        refused("timeout", rule, () -> builder.timeout(duration));
        refused("logRetention", rule, () -> builder.logRetention(duration));
        assertThat(tables()).isEqualTo(before);
    }

    @Test
    void longestDurationsWork() {
        Duration centuries = Duration.ofDays(365L * 100);
        try (PostgresCache patient = PostgresCache.builder(database.dataSource())
                .timeout(centuries.minusDays(1))
                .logRetention(centuries)
                .defaultTtl(Duration.ofDays(365L * 100_000))
                .build()) {
            patient.put("k", "v");
            assertThat(patient.get("k", String.class)).contains("v");
            assertThat(patient.cleanupExpired()).isZero();
            try (CleanupService cleanup = patient.startCleanup(centuries)) {
                assertThat(cleanup.stop(centuries)).isTrue();
            }
        }
    }

    @Test
    void nullArgumentsAreNamed() {
        refused("value", "null", () -> cache.put("k", null));
        refused("value", "null", () -> cache.putRaw("k", null, TTL));
        refused("value", "null", () -> cache.putAll(Collections.singletonMap("k", null), TTL));
        refused("type", "null", () -> cache.get("k", (Class<?>) null));
        refused("loader", "null", () -> cache.getOrLoad("k", String.class, null));
        refused("entries", "null", () -> cache.putAll(null, TTL));
        refused("keys", "null", () -> cache.getAll(null, String.class));
        refused("keys", "null", () -> cache.removeAll(null));
        refused("tags", "null", () -> cache.withTags((String[]) null));
        refused("tags", "null", () -> cache.invalidateTags((String[]) null));
        refused("tags", "null", () -> cache.region("r").withTags((String[]) null));
        refused("tags", "null", () -> cache.region("r").withTagsOf(null));
    }

    @Test
    void manyHostileKeysGoTogether() {
        List<String> keys = texts().map(text -> (String) text.get()[1]).toList();
        Map<String, Integer> entries = new LinkedHashMap<>();
        keys.forEach(key -> entries.put(key, entries.size()));

        cache.putAll(entries, TTL);

        assertThat(cache.getAll(keys, Integer.class)).isEqualTo(entries).containsOnlyKeys(keys);
        assertThat(cache.removeAll(keys)).isEqualTo(keys.size());
    }

    @Test
    void manyHostileTagsGoTogether() {
        String[] tags = texts().map(text -> (String) text.get()[1]).toArray(String[]::new);
        for (String tag : tags) {
            cache.withTags(tags).put("k", 1, TTL);
            assertThat(cache.exists("k")).isTrue();
            cache.invalidateTags(tag);
            assertThat(cache.exists("k")).isFalse();
        }
    }

    @Test
    void counterAtTheEndsOf64BitsSaysSoAndStays() {
        for (long end : new long[] {Long.MIN_VALUE, Long.MAX_VALUE}) {
            cache.put("n", end, TTL);
            assertThat(cache.increment("n", 0, TTL)).isEqualTo(end);
            String before = tables();

            assertThatExceptionOfType(CacheValueException.class)
                    .isThrownBy(() -> cache.increment("n", Long.signum(end), TTL))
                    .withMessageContaining("64 bits");
            assertThat(tables()).isEqualTo(before);
            assertThat(cache.increment("n", -Long.signum(end), TTL)).isEqualTo(end - Long.signum(end));
        }
    }

    private static String tables() {
        return database.queryForString(
                "select (select string_agg(e::text, ' ' order by key) from psycache e) || (select count(*) from psycache_invalidation)");
    }
}
