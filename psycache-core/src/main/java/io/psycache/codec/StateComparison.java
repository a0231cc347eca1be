package io.psycache.codec;

import static org.springframework.util.ReflectionUtils.getField;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of a value with the one that came back for it, by their state: values of the Java platform by their {@code equals},
 * others field by field, whatever their {@code equals} compares. It uses no JSON library.
 */
final class StateComparison {
    /** The pairs between the root and the current one; a pair that occurs within itself closes a cycle. */
    private final List<Object> path = new ArrayList<>();

    private final ContainerComparison containers = new ContainerComparison(this::compare);

    private StateComparison() {}

    /** The first difference; null = {@code copy} is equal. */
    static @Nullable Difference between(@Nullable Object original, @Nullable Object copy) {
        return new StateComparison().compare(original, copy);
    }

    private @Nullable Difference compare(@Nullable Object original, @Nullable Object copy) {
        if (original == null || copy == null) {
            return original == copy ? null : Difference.of(original, copy);
        }
        if (TypeState.of(original.getClass()).single()) {
            return PlatformValues.equal(original, copy)
                    ? null
                    : Difference.of(original, copy, PlatformValues.advice(original));
        }
        String notLoaded = HibernateState.notLoaded(original);
        return notLoaded == null
                ? compareLoaded(HibernateState.unproxy(original), copy)
                : new Difference("", notLoaded);
    }

    private @Nullable Difference compareLoaded(Object original, Object copy) {
        if (isOnPath(original, copy)) {
            return null;
        }
        path.add(original);
        path.add(copy);
        Difference difference = compareParts(original, copy);
        path.remove(path.size() - 1);
        path.remove(path.size() - 1);
        return difference;
    }

    private boolean isOnPath(Object original, Object copy) {
        for (int i = 0; i < path.size(); i += 2) {
            if (path.get(i) == original && path.get(i + 1) == copy) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Difference compareParts(Object original, Object copy) {
        if (original instanceof Collection<?> || original instanceof Map<?, ?>) {
            Difference difference = containers.compare(original, copy);
            return difference == null ? ownFields(original, copy) : difference;
        }
        if (TypeState.isPlatform(original.getClass()) && original instanceof Map.Entry<?, ?> entry) {
            return copy instanceof Map.Entry<?, ?> other ? entries(entry, other) : Difference.of(original, copy);
        }
        return original.getClass() == copy.getClass()
                ? sameClass(original, copy)
                : Difference.of(original, copy, otherClassAdvice(original));
    }

    /** Compares the fields that a collection class of the application has beside its elements; Hibernate's have no state. */
    private @Nullable Difference ownFields(Object original, Object copy) {
        Class<?> type = original.getClass();
        if (TypeState.isPlatform(type) || HibernateState.isCollection(type)) {
            return null;
        }
        if (type == copy.getClass()) {
            return fields(original, copy);
        }
        return TypeState.extendsCollection(type) && !TypeState.of(type).fields().isEmpty()
                ? Difference.of(original, copy, otherClassAdvice(original))
                : null;
    }

    private @Nullable Difference entries(Map.Entry<?, ?> original, Map.Entry<?, ?> copy) {
        Difference key = compare(original.getKey(), copy.getKey());
        if (key != null) {
            return key;
        }
        Difference value = compare(original.getValue(), copy.getValue());
        return value == null ? null : value.in(String.valueOf(original.getKey()));
    }

    private static String otherClassAdvice(Object original) {
        return "declare the type as " + original.getClass().getTypeName()
                + ", or let JSON tell it with @JsonTypeInfo on the declared one";
    }

    private @Nullable Difference sameClass(Object original, Object copy) {
        if (original instanceof Object[] array) {
            return containers.inOrder(Arrays.asList(array), Arrays.asList((Object[]) copy));
        }
        if (original instanceof Optional<?> optional) {
            return compare(optional.orElse(null), ((Optional<?>) copy).orElse(null));
        }
        return original instanceof AtomicReference<?> reference
                ? compare(reference.get(), ((AtomicReference<?>) copy).get())
                : fields(original, copy);
    }

    private @Nullable Difference fields(Object original, Object copy) {
        TypeState state = TypeState.of(original.getClass());
        if (!state.complete()) {
            return original.equals(copy) ? null : Difference.of(original, copy);
        }
        for (Field field : state.fields()) {
            Difference difference = compare(getField(field, original), getField(field, copy));
            if (difference != null) {
                return explained(field, difference).in(field.getName());
            }
        }
        return null;
    }

    private static Difference explained(Field field, Difference difference) {
        String why = difference.path().isEmpty() ? TypeState.whyLeftOut(field) : null;
        return why == null ? difference : new Difference("", difference.reason() + " (" + why + ")");
    }
}
