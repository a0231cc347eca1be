package io.psycache.internal.engine;

import io.psycache.LoadOutcome;
import io.psycache.internal.Arguments;
import io.psycache.internal.entry.Entries;
import io.psycache.internal.entry.Found;
import io.psycache.internal.entry.View;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.Tags;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Arguments as the engine takes them, checked, and results as the types that callers have asked for. */
final class Typed {

    private Typed() {}

    static List<String> keys(Collection<String> keys) {
        return Arguments.notNull(keys, "keys").stream()
                .map(Arguments::key)
                .distinct()
                .toList();
    }

    /** Tags with their namespace. */
    static List<String> tags(String... tags) {
        return Stream.of(Arguments.notNull(tags, "tags"))
                .map(tag -> Tags.ofUser(Arguments.text(tag, "tag")))
                .distinct()
                .toList();
    }

    static Entry entry(View view, String key, Object value, @Nullable Duration ttl) {
        return entry(view, key, Arguments.notNull(value, "value"), typeOf(value), ttl);
    }

    static Entry entry(View view, String key, @Nullable Object value, @Nullable Type type, @Nullable Duration ttl) {
        return Entries.of(view, Arguments.key(key), value, type, Arguments.ttl(ttl, "ttl"));
    }

    static Map<String, Entry> entries(View view, Map<String, ?> values, @Nullable Duration ttl) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Arguments.notNull(values, "entries").forEach((key, value) -> entries.put(key, entry(view, key, value, ttl)));
        return entries;
    }

    /** The class of a value that was put without a type; null where only readers know the type of its parts: it is untyped JSON. */
    static @Nullable Type typeOf(Object value) {
        if (value instanceof Map
                || value instanceof Collection
                || value.getClass().getTypeParameters().length > 0) {
            return null;
        }
        return value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    }

    /** The value; null for a miss. @throws io.psycache.CacheValueException if the stored one can't be read */
    @SuppressWarnings("unchecked") // decoded as the type of T
    static <T> @Nullable T value(Found found) {
        if (found.unreadable() != null) {
            throw found.unreadable();
        }
        return (T) found.value();
    }

    /** The values found, by key. */
    static <T> Map<String, T> values(List<Found> entries) {
        Map<String, T> values = new LinkedHashMap<>();
        for (Found entry : entries) {
            T value = value(entry);
            if (value != null) {
                values.put(entry.key(), value);
            }
        }
        return values;
    }

    /** The value. @throws io.psycache.CacheValueException if a loaded one can't be stored */
    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    static <T> @Nullable T value(LoadOutcome outcome) {
        if (outcome.problem() != null) {
            throw outcome.problem();
        }
        return (T) outcome.value();
    }

    @SuppressWarnings("unchecked") // decoded as the type of T, or loaded as a T
    static <T> Map<String, T> cast(Map<String, Object> values) {
        return (Map<String, T>) values;
    }
}
