package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.persistence.CascadeType;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.Inheritance;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.OneToMany;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullUnmarked;

/** Entities as applications have them: fields, lazy associations, collections without setters, equal by id. */
@NullUnmarked
final class Shop {

    private Shop() {}

    @Entity(name = "Customer")
    static class Customer {
        @Id
        long id;

        String name;

        protected Customer() {}

        Customer(long id, String name) {
            this.id = id;
            this.name = name;
        }
    }

    @Entity(name = "PurchaseOrder")
    static class PurchaseOrder {
        @Id
        private long id;

        private Instant placed;

        @ManyToOne(fetch = FetchType.LAZY)
        private Customer customer;

        @OneToMany(cascade = CascadeType.ALL)
        @JoinColumn(name = "order_id")
        private final List<Line> lines = new ArrayList<>();

        @ElementCollection
        private Set<String> labels = new HashSet<>();

        @ElementCollection
        @MapKeyColumn(name = "name")
        private Map<String, Integer> counts = new HashMap<>();

        protected PurchaseOrder() {}

        PurchaseOrder(long id, Customer customer) {
            this.id = id;
            this.customer = customer;
            this.placed = Instant.parse("2026-01-01T00:00:00.123456Z");
            lines.add(new Discount(1, new BigDecimal("1.50")));
            lines.add(new Article(2, "tea"));
            labels.addAll(List.of("x", "y"));
            counts.put("k", 1);
        }

        /** A copy: who serialises getters and setters gets an empty order back. */
        public List<Line> getLines() {
            return List.copyOf(lines);
        }

        Set<String> labels() {
            return labels;
        }

        Map<String, Integer> counts() {
            return counts;
        }

        Customer customer() {
            return customer;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PurchaseOrder order && order.id == id;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(id);
        }
    }

    @Entity(name = "Line")
    @Inheritance
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Article.class, name = "article"),
        @JsonSubTypes.Type(value = Discount.class, name = "discount")
    })
    abstract static class Line {
        @Id
        long id;
    }

    @Entity(name = "Article")
    static class Article extends Line {
        String title;

        protected Article() {}

        Article(long id, String title) {
            this.id = id;
            this.title = title;
        }
    }

    @Entity(name = "Discount")
    static class Discount extends Line {
        BigDecimal amount;

        protected Discount() {}

        Discount(long id, BigDecimal amount) {
            this.id = id;
            this.amount = amount;
        }
    }
}
