package io.psycache.spring.types;

import java.lang.invoke.MethodType;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Types and their names as they are stored: {@code java.util.List<com.x.User>}, {@code com.x.Outer$Inner}, {@code long[]}.
 *
 * <p>A stored name is data that anybody may have written. It becomes a type only if each class it names was seen in a declared
 * type, is a JDK value type, or lies in a trusted package; no other is loaded, and none is initialised. Thread-safe.
 */
public final class TypeNames {
    private static final int DEEPEST_NESTING = 8;
    private static final int LONGEST_NAME = 2_000;
    private static final int DEEPEST_NAME = 16;

    private final List<String> trustedPrefixes;
    private final @Nullable ClassLoader classLoader;
    private final Map<Type, Boolean> declaredTypes = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> trustedClasses = new ConcurrentHashMap<>();

    /** @param classLoader null = that of the JDK */
    public TypeNames(Collection<String> trustedPackages, @Nullable ClassLoader classLoader) {
        this.trustedPrefixes = trustedPackages.stream()
                .filter(name -> !name.isBlank())
                .map(name -> name.strip() + ".")
                .toList();
        this.classLoader = classLoader;
    }

    /** {@code type} without variables and wildcards, which become their bounds; primitives become their wrappers. */
    static Type canonical(ResolvableType type) {
        Class<?> raw = type.toClass();
        return raw.isPrimitive() ? MethodType.methodType(raw).wrap().returnType() : canonical(type, 0);
    }

    private static Type canonical(ResolvableType type, int depth) {
        if (type.isArray()) {
            return arrayOf(canonical(type.getComponentType(), depth));
        }
        Class<?> raw = type.toClass();
        if (!type.hasGenerics() || depth == DEEPEST_NESTING) {
            return raw;
        }
        Type[] arguments = Arrays.stream(type.getGenerics())
                .map(argument -> canonical(argument, depth + 1))
                .toArray(Type[]::new);
        return parameterized(raw, arguments);
    }

    static Type parameterized(Class<?> raw, Type... arguments) {
        ResolvableType[] generics =
                Arrays.stream(arguments).map(ResolvableType::forType).toArray(ResolvableType[]::new);
        return ResolvableType.forClassWithGenerics(raw, generics).getType();
    }

    private static Type arrayOf(Type component) {
        return component instanceof Class<?> raw ? raw.arrayType() : new ArrayOf(component);
    }

    /** Trusts the classes of a declared type from now on. */
    void declare(Type type) {
        if (declaredTypes.putIfAbsent(type, true) == null) {
            declareClasses(type);
        }
    }

    private void declareClasses(Type type) {
        if (type instanceof Class<?> declared && !declared.isArray()) {
            trustedClasses.put(declared.getName(), declared);
        } else if (type instanceof ParameterizedType parameterized) {
            declareClasses(parameterized.getRawType());
            Arrays.stream(parameterized.getActualTypeArguments()).forEach(this::declareClasses);
        } else if (type instanceof GenericArrayType array) {
            declareClasses(array.getGenericComponentType());
        }
    }

    /** Whether the name of {@code type} is read back as {@code type}. */
    boolean isTrusted(Class<?> type) {
        return type.isArray() ? isTrusted(type.componentType()) : type.isPrimitive() || find(type.getName()) == type;
    }

    /** The type that {@code name} names; null if it is no name of a type, or not of one that is trusted. */
    @Nullable Type parse(String name) {
        return name.length() > LONGEST_NAME ? null : parse(name, 0);
    }

    /** Of {@code class [<type, ...>] []...}; anything else is no name. */
    private @Nullable Type parse(String name, int depth) {
        if (depth > DEEPEST_NAME) {
            return null;
        }
        if (name.endsWith("[]")) {
            Type component = component(name.substring(0, name.length() - 2), depth + 1);
            return component == null ? null : arrayOf(component);
        }
        int open = name.indexOf('<');
        return open < 0 ? find(name) : generic(name, open, depth + 1);
    }

    private @Nullable Type component(String name, int depth) {
        Class<?> primitive = ClassUtils.resolvePrimitiveClassName(name);
        return primitive != null && primitive.isPrimitive() && primitive != void.class ? primitive : parse(name, depth);
    }

    private @Nullable Type generic(String name, int open, int depth) {
        Class<?> raw = name.endsWith(">") ? find(name.substring(0, open)) : null;
        if (raw == null) {
            return null;
        }
        List<@Nullable Type> arguments = new ArrayList<>();
        for (String argument : split(name.substring(open + 1, name.length() - 1))) {
            arguments.add(parse(argument, depth));
        }
        return arguments.size() == raw.getTypeParameters().length && !arguments.contains(null)
                ? parameterized(raw, arguments.toArray(Type[]::new))
                : null;
    }

    /** The arguments of one type, which may have arguments of their own. */
    private static List<String> split(String arguments) {
        List<String> split = new ArrayList<>();
        int start = 0;
        int depth = 0;
        for (int i = 0; i < arguments.length(); i++) {
            char character = arguments.charAt(i);
            depth += character == '<' ? 1 : character == '>' ? -1 : 0;
            if (depth == 0 && arguments.startsWith(", ", i)) {
                split.add(arguments.substring(start, i));
                start = i + 2;
            }
        }
        split.add(arguments.substring(start));
        return split;
    }

    private @Nullable Class<?> find(String className) {
        Class<?> known = trustedClasses.get(className);
        return known != null ? known : trustedClasses.computeIfAbsent(className, this::load);
    }

    /** A name that is not found is looked for again, so names of no class take no room. */
    private @Nullable Class<?> load(String className) {
        if (!JdkTypes.NAMES.contains(className) && trustedPrefixes.stream().noneMatch(className::startsWith)) {
            return null;
        }
        try {
            return Class.forName(className, false, classLoader);
        } catch (ClassNotFoundException | LinkageError e) {
            return null; // removed or renamed since the entry was stored
        }
    }

    /** Array of a generic type. */
    private record ArrayOf(Type component) implements GenericArrayType {

        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String getTypeName() {
            return component.getTypeName() + "[]";
        }
    }
}
