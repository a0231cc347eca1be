package io.psycache.codec;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How values of a class are compared: as a whole, or else by their fields or elements.
 *
 * @param single whether it is an enum, an array of primitives or a class of the Java platform that holds no other values
 * @param fields fields of the class and its superclasses up to the first of the JDK, without those that tools add ({@code $...})
 * @param complete whether all could be opened and the superclass in the JDK has no state of its own
 */
record TypeState(boolean single, List<Field> fields, boolean complete) {
    private static final List<Class<?>> CONTAINERS = List.of(
            Collection.class, Map.class, Map.Entry.class, Optional.class, AtomicReference.class, Object[].class);
    private static final ClassValue<TypeState> CACHE = new ClassValue<>() {
        @Override
        protected TypeState computeValue(Class<?> type) {
            return read(type);
        }
    };

    static TypeState of(Class<?> type) {
        return CACHE.get(type);
    }

    /** Whether {@code type} belongs to the Java platform. */
    static boolean isPlatform(Class<?> type) {
        ClassLoader loader = type.getClassLoader();
        return loader == null || loader == ClassLoader.getPlatformClassLoader();
    }

    /** Whether {@code type} adds to a concrete collection or map of the platform. */
    static boolean extendsCollection(Class<?> type) {
        Class<?> current = type;
        while (!isPlatform(current)) {
            current = current.getSuperclass();
        }
        return current != Object.class && !Modifier.isAbstract(current.getModifiers());
    }

    private static TypeState read(Class<?> type) {
        if (isSingle(type)) {
            return new TypeState(true, List.of(), true);
        }
        List<Field> fields = new ArrayList<>();
        Class<?> current = type;
        while (!isPlatform(current)) {
            Arrays.stream(current.getDeclaredFields())
                    .filter(TypeState::isState)
                    .forEach(fields::add);
            current = current.getSuperclass();
        }
        boolean opened = fields.stream().map(Field::trySetAccessible).reduce(true, Boolean::logicalAnd);
        return new TypeState(false, List.copyOf(fields), opened && !hasHiddenState(current));
    }

    private static boolean isSingle(Class<?> type) {
        return Enum.class.isAssignableFrom(type)
                || isPlatform(type) && CONTAINERS.stream().noneMatch(container -> container.isAssignableFrom(type));
    }

    private static boolean isState(Field field) {
        return !Modifier.isStatic(field.getModifiers())
                && !field.isSynthetic()
                && !field.getName().startsWith("$");
    }

    private static boolean hasHiddenState(@Nullable Class<?> platformType) {
        if (platformType == null
                || Collection.class.isAssignableFrom(platformType)
                || Map.class.isAssignableFrom(platformType)) {
            return false;
        }
        return Arrays.stream(platformType.getDeclaredFields()).anyMatch(TypeState::isState)
                || hasHiddenState(platformType.getSuperclass());
    }

    /** The reason why the JSON may lack {@code field}; null = none is known. */
    static @Nullable String whyLeftOut(Field field) {
        if (Modifier.isTransient(field.getModifiers())) {
            return "the field is transient";
        }
        return Arrays.stream(field.getAnnotations())
                .map(Annotation::annotationType)
                .map(Class::getSimpleName)
                .filter(name -> name.startsWith("Json") || name.equals("Transient"))
                .findFirst()
                .map(name -> "the field is annotated with @" + name)
                .orElse(null);
    }
}
