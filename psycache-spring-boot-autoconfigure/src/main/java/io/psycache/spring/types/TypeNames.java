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
import java.util.function.Function;
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

    private final List<String> trustedPrefixes;
    private final ClassLoader classLoader;
    private final Map<Type, Boolean> declaredTypes = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> declaredClasses = new ConcurrentHashMap<>();
    private final Map<String, Class<?>> loadedClasses = new ConcurrentHashMap<>();

    public TypeNames(Collection<String> trustedPackages, ClassLoader classLoader) {
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
            Type component = canonical(type.getComponentType(), depth);
            return component instanceof Class<?> element ? element.arrayType() : new ArrayOf(component);
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

    /** Trusts the classes of a declared type from now on. */
    void declare(Type type) {
        if (declaredTypes.putIfAbsent(type, true) == null) {
            declareClasses(type);
        }
    }

    private void declareClasses(Type type) {
        if (type instanceof Class<?> declared) {
            declaredClasses.put(declared.getName(), declared);
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
        return new Parser(name, this::find).parse();
    }

    private @Nullable Class<?> find(String className) {
        Class<?> known = JdkTypes.find(className);
        Class<?> declared = known != null ? known : declaredClasses.get(className);
        return declared != null ? declared : loadedClasses.computeIfAbsent(className, this::load);
    }

    /** What is not found is looked for again: so names that are none take no room. */
    private @Nullable Class<?> load(String className) {
        if (trustedPrefixes.stream().noneMatch(className::startsWith)) {
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

    /** Parser of one stored type name: {@code class [<type, ...>] []...}. Anything else is no name. */
    private static final class Parser {
        private static final int LONGEST_NAME = 2_000;
        private static final int DEEPEST_NESTING = 16;

        private final String name;
        private final Function<String, @Nullable Class<?>> classes;
        private int position;

        Parser(String name, Function<String, @Nullable Class<?>> classes) {
            this.name = name;
            this.classes = classes;
        }

        @Nullable Type parse() {
            Type type = name.length() > LONGEST_NAME ? null : type(0);
            return position == name.length() ? type : null;
        }

        private @Nullable Type type(int depth) {
            Type element = depth > DEEPEST_NESTING ? null : element(depth);
            for (int dimensions = 0; element != null && skip("[]"); dimensions++) {
                if (dimensions == DEEPEST_NESTING) {
                    return null;
                }
                element = element instanceof Class<?> raw ? raw.arrayType() : new ArrayOf(element);
            }
            return element == null || element instanceof Class<?> raw && raw.isPrimitive() ? null : element;
        }

        private @Nullable Type element(int depth) {
            String className = className();
            Class<?> primitive =
                    name.startsWith("[]", position) ? ClassUtils.resolvePrimitiveClassName(className) : null;
            if (primitive != null && primitive != void.class) {
                return primitive;
            }
            Class<?> raw = classes.apply(className);
            if (raw == null || !skip("<")) {
                return raw;
            }
            List<Type> arguments = arguments(depth);
            return arguments.size() == raw.getTypeParameters().length && !arguments.isEmpty()
                    ? parameterized(raw, arguments.toArray(Type[]::new))
                    : null;
        }

        /** The arguments up to the closing bracket; none where one of them is no type. */
        private List<Type> arguments(int depth) {
            List<Type> arguments = new ArrayList<>();
            do {
                Type argument = type(depth + 1);
                if (argument == null) {
                    return List.of();
                }
                arguments.add(argument);
            } while (skip(", "));
            return skip(">") ? arguments : List.of();
        }

        private String className() {
            int start = position;
            while (position < name.length() && "<>,[] ".indexOf(name.charAt(position)) < 0) {
                position++;
            }
            return name.substring(start, position);
        }

        private boolean skip(String token) {
            boolean present = name.startsWith(token, position);
            position += present ? token.length() : 0;
            return present;
        }
    }
}
