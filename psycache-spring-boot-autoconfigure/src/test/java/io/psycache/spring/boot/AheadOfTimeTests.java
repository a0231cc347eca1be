package io.psycache.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.psycache.spring.CacheTags;
import io.psycache.spring.InvalidateTags;
import io.psycache.spring.PostgresCacheStatistics;
import io.psycache.spring.boot.actuate.EndpointAnswers;
import io.psycache.testsupport.TestDatabase;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.aot.hint.FieldHint;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.transaction.annotation.Transactional;

/** An application whose context is made ahead of time, as for a native image, then compiled and started. */
class AheadOfTimeTests {
    @RegisterExtension
    private final TestDatabase database = TestDatabase.create();

    @Test
    @CompileWithForkedClassLoader
    void itCachesAndEvictsWithinTransactions() {
        TestCompiler.forSystem().with(generate()).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                properties().applyTo(context);
                @SuppressWarnings("unchecked")
                ApplicationContextInitializer<GenericApplicationContext> initializer =
                        compiled.getInstance(ApplicationContextInitializer.class);
                initializer.initialize(context);
                context.refresh();
                requireCaching(context.getBean(Shop.class));
            }
        });
    }

    private void requireCaching(Shop shop) {
        Aisle tea = new Aisle("tea", 4);
        List<Article> loaded = shop.articles(tea);
        assertThat(shop.articles(tea)).isEqualTo(loaded).isNotSameAs(loaded);
        assertThat(database.queryForString("select value->0->>'name' from psycache"))
                .isEqualTo("tea");

        assertThatIllegalStateException().isThrownBy(shop::clearAndFail);
        assertThatIllegalStateException().isThrownBy(() -> shop.invalidateAndFail(tea));
        shop.articles(tea);
        assertThat(shop.loads()).as("rolled back").isEqualTo(1);

        shop.clear();
        shop.articles(tea);
        assertThat(shop.loads()).isEqualTo(2);
        shop.invalidate(tea);
        shop.articles(tea);
        assertThat(shop.loads()).isEqualTo(3);
    }

    @Test
    void typesOfCachedMethodsHaveHints() {
        RuntimeHints hints = generate().getRuntimeHints();
        var reflection = RuntimeHintsPredicates.reflection();
        assertThat(reflection.onMethod(Article.class, "name").invoke()).accepts(hints);
        assertThat(reflection.onMethod(Price.class, "cents").invoke())
                .as("in an article")
                .accepts(hints);
        assertThat(reflection.onType(Offer.class)).as("in a future").accepts(hints);
        assertThat(reflection.onType(Brand.class)).as("in an Optional").accepts(hints);
        assertThat(reflection.onMethod(Visitor.class, "getName").invoke())
                .as("in an expression")
                .accepts(hints);
        assertThat(Objects.requireNonNull(hints.reflection().getTypeHint(Aisle.class))
                        .fields())
                .as("a key")
                .extracting(FieldHint::getName)
                .containsExactlyInAnyOrder("name", "number");
        assertThat(reflection.onType(Uncached.class)).rejects(hints);
    }

    @Test
    void answersOfTheEndpointHaveHints() throws NoSuchMethodException {
        RuntimeHints hints = generate().getRuntimeHints();
        for (Class<?> answer : EndpointAnswers.TYPES) {
            assertThat(RuntimeHintsPredicates.reflection()
                            .onMethod(answer.getRecordComponents()[0].getAccessor())
                            .invoke())
                    .as(answer.getName())
                    .accepts(hints);
        }
        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethod(PostgresCacheStatistics.class.getMethod("getHits"))
                        .invoke())
                .accepts(hints);
    }

    private TestGenerationContext generate() {
        TestGenerationContext generated = new TestGenerationContext();
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            properties().applyTo(context);
            context.register(Application.class);
            new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
        }
        generated.writeGeneratedContent();
        return generated;
    }

    private TestPropertyValues properties() {
        return TestPropertyValues.of(
                "spring.datasource.url=" + database.jdbcUrl(),
                "spring.datasource.hikari.maximum-pool-size=2",
                "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
                "management.endpoints.web.exposure.include=*",
                "psycache.caches.articles.ttl=1h",
                "psycache.cleanup.interval=1h");
    }

    record Aisle(String name, int number) {}

    record Article(String name, Price price) {}

    record Price(long cents) {}

    record Offer(String text) {}

    record Brand(String name) {}

    record Uncached(String name) {}

    static class Visitor {

        public String getName() {
            return "Ada";
        }
    }

    static class Shop {
        private final AtomicInteger loads = new AtomicInteger();

        public int loads() {
            return loads.get();
        }

        @Cacheable("articles")
        @CacheTags("aisle:#{#aisle.name}")
        public List<Article> articles(Aisle aisle) {
            loads.incrementAndGet();
            return List.of(new Article(aisle.name(), new Price(aisle.number() * 100L)));
        }

        @Cacheable("offers")
        public CompletableFuture<Offer> offer() {
            return CompletableFuture.completedFuture(new Offer("half price"));
        }

        @Cacheable(cacheNames = "brands", key = "#visitor.name")
        public Optional<Brand> favourite(Visitor visitor) {
            return Optional.empty();
        }

        public Uncached uncached() {
            return new Uncached("none");
        }

        @CacheEvict(cacheNames = "articles", allEntries = true)
        public void clear() {}

        @Transactional
        @CacheEvict(cacheNames = "articles", allEntries = true)
        public void clearAndFail() {
            throw new IllegalStateException("after the change");
        }

        @InvalidateTags("aisle:#{#aisle.name}")
        public void invalidate(Aisle aisle) {}

        @Transactional
        @InvalidateTags("aisle:#{#aisle.name}")
        public void invalidateAndFail(Aisle aisle) {
            throw new IllegalStateException("after the change");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        @Bean
        Shop shop() {
            return new Shop();
        }
    }
}
