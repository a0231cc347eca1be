package io.psycache.spring.types;

import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/**
 * Decides as which type a value is stored and read. A declared type that says how to read JSON is used as it is; {@code Object},
 * interfaces and abstract classes leave it to the class of the value, if a stored name of that class may be believed.
 */
public record ValueTypes(TypeNames names) {

    /**
     * The type to read a value as, by the name it was stored under.
     *
     * @param declared null = not known
     */
    public Function<@Nullable String, @Nullable Type> readAs(@Nullable Type declared) {
        if (declared == null) {
            return stored -> stored == null ? Object.class : names.parse(stored);
        }
        names.declare(declared);
        return stored ->
                stored == null || stored.equals(declared.getTypeName()) ? declared : assignable(declared, stored);
    }

    private @Nullable Type assignable(Type declared, String stored) {
        Type type = names.parse(stored);
        return type != null && ResolvableType.forType(declared).isAssignableFrom(ResolvableType.forType(type))
                ? type
                : null;
    }

    /**
     * The type to store {@code value} as.
     *
     * @param declared null = not known
     * @return null if the class of the value decides and could not be believed when it is read back
     */
    public @Nullable Type storeAs(@Nullable Type declared, @Nullable Object value) {
        Type type = declared == null ? Object.class : declared;
        names.declare(type);
        return value != null && leavesItToTheValue(type) ? trustedClassOf(value) : type;
    }

    private static boolean leavesItToTheValue(Type type) {
        return type instanceof Class<?> raw
                && (raw == Object.class
                        || Modifier.isAbstract(raw.getModifiers())
                                && !(raw.isArray() || raw.isEnum() || JdkTypes.contains(raw)));
    }

    private @Nullable Class<?> trustedClassOf(Object value) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : userClass(value.getClass());
        return names.isTrusted(type) ? type : JdkTypes.standInFor(value);
    }

    /** The class that a generated subclass (of Spring, CGLIB, Hibernate) stands for. */
    private static Class<?> userClass(Class<?> type) {
        Class<?> parent = type.getSuperclass();
        boolean generated = type.getName().contains("$$") || type.getName().contains("$HibernateProxy");
        return generated && parent != null ? userClass(parent) : type;
    }
}
