package io.psycache.spring.types;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.expression.AnnotatedElementKey;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;

/** The types of the values that Spring caches for methods, from their return types. Thread-safe. */
public final class DeclaredTypes {
    private final Map<AnnotatedElementKey, Type> types = new ConcurrentHashMap<>();

    public Type of(Method method, Class<?> targetClass) {
        return types.computeIfAbsent(new AnnotatedElementKey(method, targetClass), key -> resolve(method, targetClass));
    }

    private static Type resolve(Method method, Class<?> targetClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        ResolvableType returned = ResolvableType.forMethodReturnType(specific, targetClass);
        Class<?> raw = returned.toClass();
        if (raw == Optional.class) { // Spring unwraps it, but not within a future
            return TypeNames.canonical(returned.getGeneric());
        }
        if (CompletableFuture.class.isAssignableFrom(raw)) {
            return TypeNames.canonical(returned.as(CompletableFuture.class).getGeneric());
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(raw);
        return adapter == null ? TypeNames.canonical(returned) : TypeNames.canonical(published(returned, adapter));
    }

    private static ResolvableType published(ResolvableType returned, ReactiveAdapter adapter) {
        ResolvableType element =
                returned.as(adapter.getDescriptor().getReactiveType()).getGeneric();
        return adapter.isMultiValue() ? ResolvableType.forClassWithGenerics(List.class, element) : element;
    }
}
