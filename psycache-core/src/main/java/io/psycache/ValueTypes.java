package io.psycache;

import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of a value that was put without one: its class, where that says all. */
final class ValueTypes {

    private ValueTypes() {}

    static Type of(@Nullable Object value) {
        return value == null || isUntyped(value) ? Object.class : value.getClass();
    }

    /** Whether only the caller knows the type of the value's parts, so that it is stored as untyped JSON. */
    static boolean isUntyped(@Nullable Object value) {
        return value == null
                || value instanceof Map
                || value instanceof Collection
                || value.getClass().getTypeParameters().length > 0;
    }
}
