package io.psycache.spring.types;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Parser of one stored type name: {@code class [<type, ...>] []...}. Anything else is no name. */
final class TypeNameParser {
    private static final int LONGEST_NAME = 2_000;
    private static final int DEEPEST_NESTING = 16;
    private static final Map<String, Class<?>> PRIMITIVES = Map.of(
            "boolean",
            boolean.class,
            "byte",
            byte.class,
            "char",
            char.class,
            "short",
            short.class,
            "int",
            int.class,
            "long",
            long.class,
            "float",
            float.class,
            "double",
            double.class);

    private final String name;
    private final Function<String, @Nullable Class<?>> classes;
    private int position;

    TypeNameParser(String name, Function<String, @Nullable Class<?>> classes) {
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
            element = element instanceof Class<?> raw ? raw.arrayType() : new TypeNames.ArrayOf(element);
        }
        return element == null || element instanceof Class<?> raw && raw.isPrimitive() ? null : element;
    }

    private @Nullable Type element(int depth) {
        String className = className();
        if (name.startsWith("[]", position) && PRIMITIVES.containsKey(className)) {
            return PRIMITIVES.get(className);
        }
        Class<?> raw = classes.apply(className);
        if (raw == null || !skip("<")) {
            return raw;
        }
        List<Type> arguments = arguments(depth);
        return arguments.size() == raw.getTypeParameters().length && !arguments.isEmpty()
                ? TypeNames.parameterized(raw, arguments.toArray(Type[]::new))
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
