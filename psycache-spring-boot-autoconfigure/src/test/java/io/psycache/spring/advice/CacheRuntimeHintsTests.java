package io.psycache.spring.advice;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.spring.types.JdkTypes;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.FieldHint;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.ReflectionHintsPredicates;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.factory.aot.AotServices;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;

class CacheRuntimeHintsTests {
    private final RuntimeHints hints = registered();

    private static RuntimeHints registered() {
        RuntimeHints hints = new RuntimeHints();
        AotServices.factories().load(RuntimeHintsRegistrar.class).stream()
                .filter(CacheRuntimeHints.class::isInstance)
                .forEach(registrar -> registrar.registerHints(hints, CacheRuntimeHintsTests.class.getClassLoader()));
        return hints;
    }

    private static ReflectionHintsPredicates reflection() {
        return RuntimeHintsPredicates.reflection();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io/psycache/flyway/R__psycache.sql", "io/psycache/liquibase/changelog.xml"})
    void migrationsAreInTheImage(String resource) {
        assertThat(RuntimeHintsPredicates.resource().forResource(resource)).accepts(hints);
        assertThat(getClass().getClassLoader().getResource(resource)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.fasterxml.jackson.databind.ObjectMapper",
                "com.fasterxml.jackson.datatype.jdk8.Jdk8Module",
                "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
                "org.hibernate.Session",
                "org.hibernate.proxy.HibernateProxy",
                "org.springframework.data.domain.Page",
                "reactor.core.publisher.Flux",
                "tools.jackson.databind.json.JsonMapper"
            })
    void librariesThatAreLookedForAreFound(String type) {
        assertThat(reflection().onType(TypeReference.of(type))).accepts(hints);
    }

    @Test
    void typesOfTheJdkThatAreStoredAreFound() {
        assertThat(JdkTypes.NAMES)
                .allSatisfy(type ->
                        assertThat(reflection().onType(TypeReference.of(type))).accepts(hints));
    }

    @Test
    void beansOfConfigurersCanBeMade() throws ReflectiveOperationException {
        for (Class<?> type :
                new Class<?>[] {BeanFactoryCacheOperationSourceAdvisor.class, InvalidateTagsAdvisor.class}) {
            assertThat(reflection()
                            .onConstructor(type.getDeclaredConstructors()[0])
                            .invoke())
                    .accepts(hints);
        }
    }

    @Test
    void yourInitializerOfEntityManagersCanBeRead() {
        assertThat(Objects.requireNonNull(hints.reflection().getTypeHint(AbstractEntityManagerFactoryBean.class))
                        .fields())
                .extracting(FieldHint::getName)
                .containsExactly("entityManagerInitializer");
    }

    @Test
    void keysOfSeveralArgumentsCanBeRead() {
        assertThat(Objects.requireNonNull(hints.reflection().getTypeHint(SimpleKey.class))
                        .fields())
                .extracting(FieldHint::getName)
                .containsExactly("params");
    }

    @Test
    void pagesCanBeStored() throws ReflectiveOperationException {
        Class<?> page = Class.forName("io.psycache.codec.StandIn$PageState");
        assertThat(reflection().onMethod(page, "content").invoke()).accepts(hints);
        assertThat(reflection().onConstructor(page.getDeclaredConstructors()[0]).invoke())
                .accepts(hints);
    }
}
