package io.psycache.spring.advice;

import io.psycache.spring.EntityManagerContexts;
import io.psycache.spring.types.JdkTypes;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.cache.interceptor.BeanFactoryCacheOperationSourceAdvisor;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Hints that a native image needs whatever your application caches; {@link CachedTypesAotProcessor} adds the rest. */
final class CacheRuntimeHints implements RuntimeHintsRegistrar {

    /** Looked for by name, to use them where they are. */
    private static final List<String> OPTIONAL_LIBRARIES = List.of(
            "com.fasterxml.jackson.databind.ObjectMapper",
            "com.fasterxml.jackson.datatype.jdk8.Jdk8Module",
            "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
            "org.hibernate.Session",
            "org.hibernate.proxy.HibernateProxy",
            "org.springframework.data.domain.Page",
            "reactor.core.publisher.Flux",
            "tools.jackson.databind.json.JsonMapper");

    /** The types that are stored in place of Spring Data's pages. */
    private static final List<String> STAND_INS = List.of("PageState", "SliceState", "PageableState", "OrderState");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/psycache/flyway/*.sql").registerPattern("io/psycache/liquibase/*.xml");
        ReflectionHints reflection = hints.reflection();
        Stream.of(OPTIONAL_LIBRARIES, JdkTypes.NAMES)
                .flatMap(Collection::stream)
                .forEach(name -> reflection.registerTypeIfPresent(classLoader, name));
        Stream.of(BeanFactoryCacheOperationSourceAdvisor.class, InvalidateTagsAdvisor.class)
                .forEach(type -> reflection.registerType(type, MemberCategory.INVOKE_DECLARED_CONSTRUCTORS));
        register(reflection, ReflectionUtils.findField(SimpleKey.class, "params"));
        if (ClassUtils.isPresent("org.springframework.orm.jpa.AbstractEntityManagerFactoryBean", classLoader)) {
            register(reflection, EntityManagerContexts.initializerField());
        }
        Method determine = ReflectionUtils.findMethod(AbstractRoutingDataSource.class, "determineTargetDataSource");
        if (determine != null) {
            reflection.registerMethod(determine, ExecutableMode.INVOKE);
        }
        registerStandIns(reflection, classLoader);
    }

    private static void register(ReflectionHints reflection, @Nullable Field field) {
        if (field != null) {
            reflection.registerField(field);
        }
    }

    private static void registerStandIns(ReflectionHints reflection, @Nullable ClassLoader classLoader) {
        if (ClassUtils.isPresent("org.springframework.data.domain.Page", classLoader)) {
            Class<?>[] types = STAND_INS.stream()
                    .map(name -> "io.psycache.codec.StandIn$" + name)
                    .map(name -> ClassUtils.resolveClassName(name, classLoader))
                    .toArray(Class<?>[]::new);
            new BindingReflectionHintsRegistrar().registerReflectionHints(reflection, types);
        }
    }
}
