package io.psycache.codec;

import io.psycache.codec.Samples.*;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.*;
import java.util.stream.Stream;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.data.domain.PageImpl;
import org.springframework.data.domain.Slice;

/** Values that are refused, with a part of the message. */
final class RefusedValues {

    private RefusedValues() {}

    record Case(String message, Object value, Type type) {
        @Override
        public String toString() {
            return type.getTypeName() + ": " + message;
        }
    }

    private static Case of(String message, Object value, ParameterizedTypeReference<?> type) {
        return new Case(message, value, type.getType());
    }

    static Stream<Case> all() {
        return Stream.of(texts(), numbers(), lost(), types(), shapes()).flatMap(cases -> cases);
    }

    private static Stream<Case> texts() {
        return Stream.of(
                new Case("$: the text contains U+0000", "a\0b", String.class),
                new Case("$.name: the text contains U+0000", new User(1, "\0", List.of()), User.class),
                new Case("$.roles[1]: the text contains U+0000", new User(1, "", List.of("[{\"", "\0")), User.class),
                new Case("$: the text contains half a surrogate", "\uD83D", String.class),
                new Case("half a surrogate", "\uDE00x", String.class),
                new Case("half a surrogate", "\uD83D\uD83D\uDE00", String.class),
                new Case("U+0000", Map.of("k\0", 1), Object.class),
                of(
                        "$.a[1].b: ",
                        Map.of("a", List.of(1, Map.of("b", "\0"))),
                        new ParameterizedTypeReference<Map<String, Object>>() {}),
                new Case("$: the text contains U+0000", '\0', Character.class));
    }

    private static Stream<Case> numbers() {
        return Stream.of(
                new Case("Use setScale(0)", new BigDecimal("1E+3"), BigDecimal.class),
                new Case(
                        "$.value: 1E+3 (BigDecimal) came back as", new Holder<>(new BigDecimal("1E+3")), bigDecimals()),
                new Case("more digits", new BigDecimal("1E+400000"), BigDecimal.class),
                new Case("more digits", new BigDecimal("1E-20000"), BigDecimal.class),
                new Case("5 (Long) came back as 5 (Integer)", 5L, Object.class),
                new Case("$.f: 1.5 (Float) came back as 1.5 (Double)", Map.of("f", 1.5f), Object.class),
                new Case("$: NaN (Double) came back as a value of type String", Double.NaN, Object.class),
                new Case("came back as a value of type String", -0.0, Object.class));
    }

    private static Type bigDecimals() {
        return new ParameterizedTypeReference<Holder<BigDecimal>>() {}.getType();
    }

    private static Stream<Case> lost() {
        Secretive secretive = new Secretive();
        secretive.note = "x";
        WithTransient cached = new WithTransient();
        cached.cached = 42;
        Names names = new Names();
        names.note = "other";
        return Stream.of(
                new Case("$.note: a value of type String came back as null", secretive, Secretive.class),
                new Case("@JsonIgnore", secretive, Secretive.class),
                new Case("$.cached: 42 (Integer) came back as 0 (Integer)", cached, WithTransient.class),
                new Case("the field is transient", cached, WithTransient.class),
                of("$[0].note: ", List.of(secretive), new ParameterizedTypeReference<List<Secretive>>() {}),
                of("$.k.note: ", Map.of("k", secretive), new ParameterizedTypeReference<Map<String, Secretive>>() {}),
                of("$.value.note: ", new Holder<>(secretive), new ParameterizedTypeReference<Holder<Secretive>>() {}),
                of("$: an element of the set", Set.of(secretive), new ParameterizedTypeReference<Set<Secretive>>() {}),
                new Case("$.note: ", names, Names.class),
                of("declare the type as", new Names(), new ParameterizedTypeReference<List<String>>() {}),
                of("natural order", caseInsensitive(), new ParameterizedTypeReference<SortedMap<String, Integer>>() {}),
                of(
                        "SortedMap",
                        new TreeMap<>(Map.of("a", 1)),
                        new ParameterizedTypeReference<Map<String, Integer>>() {}),
                new Case(
                        "came back as",
                        java.sql.Timestamp.from(java.time.Instant.ofEpochSecond(1, 1)),
                        java.sql.Timestamp.class));
    }

    private static SortedMap<String, Integer> caseInsensitive() {
        SortedMap<String, Integer> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        map.put("a", 1);
        return map;
    }

    private static Stream<Case> types() {
        return Stream.of(
                new Case("@JsonTypeInfo and @JsonSubTypes on " + Shape.class.getName(), new Circle(1), Shape.class),
                of("@JsonTypeInfo", List.of(new Circle(1)), new ParameterizedTypeReference<List<Shape>>() {}),
                new Case("@JsonTypeInfo", new Derived(), Base.class),
                new Case("declare the type as", new Circle(1), Object.class),
                of("a key of type java.lang.Long", Map.of(1L, 1), new ParameterizedTypeReference<Map<?, Integer>>() {}),
                of(
                        "declare the type as what it is",
                        Set.of(1),
                        new ParameterizedTypeReference<Collection<Integer>>() {}),
                of("SliceImpl", new PageImpl<>(List.of("a")), new ParameterizedTypeReference<Slice<String>>() {}),
                new Case("$", (Runnable) () -> {}, Runnable.class),
                new Case("$", new Thread(() -> {}), Thread.class),
                new Case("$", new Object(), Object.class));
    }

    private static Stream<Case> shapes() {
        Node cycle = new Node();
        cycle.next = new Node();
        cycle.next.next = cycle;
        Node self = new Node();
        self.next = self;
        List<Object> list = new ArrayList<>();
        list.add(list);
        return Stream.of(
                new Case("DTO or a record that is a tree", cycle, Node.class),
                new Case("DTO or a record that is a tree", self, Node.class),
                new Case("DTO or a record that is a tree", list, Object.class),
                new Case("DTO or a record that is a tree", Node.chain(100_000), Node.class),
                of("read only once", Stream.of(1), new ParameterizedTypeReference<Stream<Integer>>() {}),
                of("read only once", List.of(1).iterator(), new ParameterizedTypeReference<Iterator<Integer>>() {}),
                new Case("read only once", new ByteArrayInputStream(new byte[1]), java.io.InputStream.class),
                of(
                        "$.value: ",
                        new Holder<>(Stream.of(1)),
                        new ParameterizedTypeReference<Holder<Stream<Integer>>>() {}));
    }
}
