package io.psycache.spring.keys;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.sql.Timestamp;
import java.time.ZoneId;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalAmount;
import java.util.Arrays;
import java.util.Currency;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.data.domain.Pageable;
import org.springframework.data.domain.Sort;
import org.springframework.util.ObjectUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Writes a cache key as text with its types: {@code 1}, {@code 1L}, {@code "1"}, {@code ("a", "b")}. Keys that are equal have
 * the same text; keys that are not have different ones. Thread-safe.
 *
 * <p>Each value is written so that its end is clear: in quotes, in brackets, or in characters that end no other.
 */
public record CacheKeyEncoder(String prefix, Map<Class<?>, Function<Object, String>> converters) {
    private static final int DEEPEST_NESTING = 32;

    /** Classes whose {@code toString} tells instances apart exactly as {@code equals} does, as those of {@code java.time} do. */
    private static final Set<Class<?>> TELLING =
            Set.of(BigDecimal.class, BigInteger.class, UUID.class, URI.class, Locale.class, Currency.class);

    private static final @Nullable Field SIMPLE_KEY_PARAMS =
            accessible(ReflectionUtils.findField(SimpleKey.class, "params"));

    private static @Nullable Field accessible(@Nullable Field field) {
        if (field != null) {
            ReflectionUtils.makeAccessible(field);
        }
        return field;
    }

    /** @throws IllegalArgumentException if {@code key} is, or contains, something that can't be told apart by its text */
    public String encode(Object key) {
        return prefix + text(key, 0);
    }

    private String text(@Nullable Object key, int depth) {
        if (depth > DEEPEST_NESTING) {
            throw new IllegalArgumentException(
                    "cache key is nested over " + DEEPEST_NESTING + " deep, or contains itself");
        }
        if (key == null) {
            return "null";
        }
        Function<Object, String> converter = converters.get(key.getClass());
        if (converter != null) {
            return className(key.getClass()) + '(' + quoted(converter.apply(key)) + ')';
        }
        String plain = plain(key);
        return plain != null ? plain : compound(key, depth + 1);
    }

    private static @Nullable String plain(Object key) {
        if (key instanceof String text) {
            return quoted(text);
        }
        if (key instanceof Integer || key instanceof Boolean || key instanceof Double) {
            return key.toString();
        }
        if (key instanceof Long) {
            return key + "L";
        }
        if (key instanceof Character || key instanceof Float || key instanceof Short || key instanceof Byte) {
            return key.getClass().getSimpleName() + '(' + quoted(key.toString()) + ')';
        }
        if (key instanceof Enum<?> constant) {
            return className(constant.getDeclaringClass()) + '.' + escaped(constant.name());
        }
        return isTelling(key) ? plain(key.getClass().getSimpleName(), key) : other(key);
    }

    private static boolean isTelling(Object key) {
        return TELLING.contains(key.getClass())
                || (key instanceof TemporalAccessor || key instanceof TemporalAmount)
                        && key.getClass().getPackageName().equals("java.time");
    }

    private static @Nullable String other(Object key) {
        if (key instanceof Class<?> type) {
            return plain("Class", type.getName());
        }
        if (key instanceof ZoneId zone) {
            return plain("ZoneId", zone);
        }
        if (key.getClass() == Timestamp.class) {
            return plain("Timestamp", ((Timestamp) key).getTime() + "." + ((Timestamp) key).getNanos());
        }
        if (key instanceof Date date && key.getClass().getName().startsWith("java.")) {
            return plain(key.getClass().getName(), date.getTime());
        }
        return key instanceof byte[] bytes ? plain("bytes", HexFormat.of().formatHex(bytes)) : null;
    }

    private static String plain(String type, Object text) {
        return type + '(' + escaped(text.toString()) + ')';
    }

    private String compound(Object key, int depth) {
        if (key instanceof SimpleKey) {
            return all("(", Stream.of(parameters(key)), ")", depth);
        }
        if (key instanceof List<?> list) {
            return all("[", list.stream(), "]", depth);
        }
        if (key instanceof Set<?> set) {
            return set.stream()
                    .map(element -> text(element, depth))
                    .sorted()
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (key instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(entry -> text(entry.getKey(), depth) + ": " + text(entry.getValue(), depth))
                    .sorted()
                    .collect(Collectors.joining(", ", "map{", "}"));
        }
        if (key instanceof Optional<?> optional) {
            return all("Optional(", optional.stream(), ")", depth);
        }
        if (key.getClass().isArray()) {
            return array(key, depth);
        }
        if (key instanceof Record) {
            return all(className(key.getClass()) + '(', fields((Record) key), ")", depth);
        }
        List<@Nullable Object> parts = isOfSpringData(key) ? SpringDataKeys.partsOf(key) : null;
        if (parts != null) {
            return all(className(key.getClass()) + '(', parts.stream(), ")", depth);
        }
        throw unsupported(key);
    }

    private String all(String start, Stream<?> elements, String end, int depth) {
        return elements.map(element -> text(element, depth)).collect(Collectors.joining(", ", start, end));
    }

    /** As {@link Arrays#deepEquals} has it, arrays of objects are equal whatever their type, those of primitives are not. */
    private String array(Object array, int depth) {
        Class<?> component = array.getClass().getComponentType();
        Stream<?> elements = Stream.of(ObjectUtils.toObjectArray(array));
        return all((component.isPrimitive() ? component.getName() : "array") + '[', elements, "]", depth);
    }

    private static Object[] parameters(Object key) {
        if (SIMPLE_KEY_PARAMS == null) {
            throw new IllegalStateException(
                    "SimpleKey has no field 'params' in this version of Spring; give cached methods "
                            + "a key expression, such as key = \"{#a, #b}\"");
        }
        Object parameters = ReflectionUtils.getField(SIMPLE_KEY_PARAMS, key);
        return parameters == null ? new Object[0] : (Object[]) parameters;
    }

    private static Stream<@Nullable Object> fields(Record key) {
        return Arrays.stream(key.getClass().getRecordComponents()).map(component -> field(key, component));
    }

    private static @Nullable Object field(Record key, RecordComponent component) {
        try {
            Field field = key.getClass().getDeclaredField(component.getName());
            field.setAccessible(true);
            return field.get(key);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new IllegalArgumentException(
                    "cache key: can't read field '" + component.getName() + "' of record "
                            + key.getClass().getName()
                            + "; open its package, or set a keyConverter for it",
                    e);
        }
    }

    /** A class without a package begins with a dot, so that its name is none of the short ones. */
    private static String className(Class<?> type) {
        return (type.getPackageName().isEmpty() ? "." : "") + escaped(type.getName());
    }

    private static IllegalArgumentException unsupported(Object key) {
        String type = key.getClass().getName();
        return new IllegalArgumentException("cache key of " + type + " has no text that tells it from other keys; name "
                + "what identifies it in the annotation, such as key = \"#order.id\", make " + type
                + " a record, or set a keyConverter for it in the cache's configuration");
    }

    private static String quoted(String text) {
        return '"' + escaped(text, "\"\\") + '"';
    }

    /** {@code text} for between parentheses. */
    private static String escaped(String text) {
        return escaped(text, "()\\");
    }

    /** {@code text} with what could end it, and what PostgreSQL can't store, escaped as in Java. */
    private static String escaped(String text, String ends) {
        return isPlain(text, ends) ? text : spelledOut(text, ends);
    }

    private static boolean isPlain(String text, String ends) {
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character < ' ' || isLoneSurrogate(character) || ends.indexOf(character) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static String spelledOut(String text, String ends) {
        StringBuilder escaped = new StringBuilder(text.length() + 8);
        text.codePoints().forEach(character -> {
            if (character < ' ' || isLoneSurrogate(character)) {
                escaped.append(String.format("\\u%04x", character));
            } else {
                escaped.append(ends.indexOf(character) < 0 ? "" : "\\").appendCodePoint(character);
            }
        });
        return escaped.toString();
    }

    private static boolean isLoneSurrogate(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    private static boolean isOfSpringData(Object key) {
        return key.getClass().getName().startsWith("org.springframework.data.domain.");
    }

    /** The state of Spring Data's parameters of queries. Loaded only for one of its keys. */
    private static final class SpringDataKeys {

        private SpringDataKeys() {}

        /** The parts that tell {@code key} from others of its class; null if they are not known. */
        static @Nullable List<@Nullable Object> partsOf(Object key) {
            if (key instanceof Pageable pageable) {
                return pageable.isPaged()
                        ? Arrays.asList(pageable.getPageNumber(), pageable.getPageSize(), pageable.getSort())
                        : Arrays.asList(pageable.getSort());
            }
            if (key instanceof Sort.Order order) {
                return Arrays.asList(
                        order.getProperty(), order.getDirection(), order.isIgnoreCase(), order.getNullHandling());
            }
            return key instanceof Sort sort ? List.copyOf(sort.toList()) : null;
        }
    }
}
