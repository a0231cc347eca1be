package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonBackReference;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonManagedReference;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import java.beans.ConstructorProperties;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.NullUnmarked;

/** Classes as applications have them. */
@NullUnmarked
final class Samples {

    private Samples() {}

    record User(long id, String name, List<String> roles) {}

    record Empty() {}

    record Range(int from, int to) {
        Range {
            if (from > to) {
                throw new IllegalArgumentException("from > to");
            }
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Sparse(String a, String b) {}

    record Mixed(
            Optional<String> note,
            OptionalInt count,
            BigDecimal price,
            Instant at,
            Map<Weekday, List<Range>> ranges,
            char mark) {}

    record Floating(double value, Float other) {}

    record Holder<T>(T value) {}

    record PageLike<T>(List<T> content, long total, Map<Long, T> byId) {}

    enum Weekday {
        MONDAY {
            @Override
            String shortName() {
                return "mo";
            }
        },
        SUNDAY;

        String shortName() {
            return "so";
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    interface Shape {}

    record Circle(double radius) implements Shape {}

    static class Base {
        int id = 1;
    }

    static class Derived extends Base {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Cat.class, name = "cat"),
        @JsonSubTypes.Type(value = Dog.class, name = "dog")
    })
    sealed interface Animal {}

    record Cat(int lives) implements Animal {}

    record Dog(String name) implements Animal {}

    static final class WithCreator {
        private final String name;
        private final int age;

        @JsonCreator
        WithCreator(@JsonProperty("name") String name, @JsonProperty("age") int age) {
            this.name = name;
            this.age = age;
        }
    }

    static final class WithConstructorProperties {
        private final String name;

        @ConstructorProperties("name")
        public WithConstructorProperties(String name) {
            this.name = name;
        }

        /** Not state: what a getter computes is not in the JSON. */
        public String getShout() {
            return name + "!";
        }
    }

    /** As Kotlin and Lombok's {@code @Value} make them. */
    static final class Immutable {
        private final String name;
        private final List<Integer> numbers;

        public Immutable(String name, List<Integer> numbers) {
            this.name = name;
            this.numbers = numbers;
        }
    }

    record Money(@JsonValue String text) {
        @JsonCreator
        static Money of(String text) {
            return new Money(text);
        }
    }

    static final class Basket {
        private final List<String> items = new ArrayList<>();

        Basket with(String item) {
            items.add(item);
            return this;
        }

        List<String> getItems() {
            return List.copyOf(items);
        }
    }

    static final class Secretive {
        String name = "n";

        @JsonIgnore
        String note;
    }

    static final class WithTransient {
        transient int cached;
    }

    static class Parent {
        String name = "parent";

        @JsonManagedReference
        List<Child> children = new ArrayList<>();
    }

    static class Child {
        @JsonBackReference
        Parent parent;
    }

    static final class Node {
        Node next;

        static Node chain(int length) {
            Node node = new Node();
            for (int i = 1; i < length; i++) {
                Node outer = new Node();
                outer.next = node;
                node = outer;
            }
            return node;
        }
    }

    /** Equal by id only, as entities are. */
    static final class ById {
        long id = 1;

        @JsonIgnore
        String lost = "x";

        @Override
        public boolean equals(Object other) {
            return other instanceof ById that && that.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    static final class Names extends ArrayList<String> {
        String note = "n";
    }
}
