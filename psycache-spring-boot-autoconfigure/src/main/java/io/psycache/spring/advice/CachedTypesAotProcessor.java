package io.psycache.spring.advice;

import io.psycache.spring.InvalidateTags;
import io.psycache.spring.tags.MethodAnnotations;
import io.psycache.spring.types.DeclaredTypes;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Tells a native image of the types that the cached methods of a bean declare: their return types, as they are written to JSON and
 * read from it, and what they take, of which keys are made and whose properties expressions name.
 */
final class CachedTypesAotProcessor implements BeanRegistrationAotProcessor {
    private final CacheOperationSource operations = new AnnotationCacheOperationSource(false);
    private final DeclaredTypes declaredTypes = new DeclaredTypes();

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        Set<Type> values = new LinkedHashSet<>();
        Set<Class<?>> arguments = new LinkedHashSet<>();
        ReflectionUtils.doWithMethods(
                type,
                method -> {
                    values.add(declaredTypes.of(method, type));
                    arguments.addAll(Arrays.asList(method.getParameterTypes()));
                },
                method -> isCached(method, type));
        return values.isEmpty()
                ? null
                : (context, code) -> register(context.getRuntimeHints().reflection(), values, arguments);
    }

    /** Also methods that only evict: they have keys and tags too. */
    private boolean isCached(Method method, Class<?> type) {
        return !method.isSynthetic()
                && (operations.hasCacheOperations(method, type)
                        || MethodAnnotations.find(method, type, InvalidateTags.class) != null);
    }

    private static void register(ReflectionHints hints, Set<Type> values, Collection<Class<?>> arguments) {
        new BindingReflectionHintsRegistrar().registerReflectionHints(hints, values.toArray(Type[]::new));
        arguments.stream()
                .filter(type -> !type.isPrimitive()
                        && !type.isArray()
                        && !type.getName().startsWith("java."))
                .forEach(type -> registerArgument(hints, type));
    }

    private static void registerArgument(ReflectionHints hints, Class<?> type) {
        hints.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
        Arrays.stream(type.getDeclaredFields())
                .filter(field -> type.isRecord() && !field.isSynthetic())
                .forEach(hints::registerField);
    }
}
