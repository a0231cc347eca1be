package io.psycache;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of a value that was put without one: its class, where that says all. */
final class ValueTypes {

    private ValueTypes() {}

    /** Null where only whoever reads the value knows the type of its parts: it is stored as untyped JSON. */
    static @Nullable Type of(Object value) {
        boolean untyped = value instanceof Map
                || value instanceof Collection
                || value.getClass().getTypeParameters().length > 0;
        return untyped ? null : classOf(value);
    }

    /** A constant with a body has a class of its own. */
    private static Class<?> classOf(Object value) {
        return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }
}
