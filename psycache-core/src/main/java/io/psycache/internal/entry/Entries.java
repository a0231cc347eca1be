package io.psycache.internal.entry;

import io.psycache.CacheValueException;
import io.psycache.codec.CodecException;
import io.psycache.internal.store.Entry;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.Put;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values as entries. */
public final class Entries {

    private Entries() {}

    /**
     * An entry of {@code value}, declared as {@code type}; null = untyped.
     *
     * @throws CacheValueException if the value can't be stored
     */
    public static Entry of(View view, String key, @Nullable Object value, @Nullable Type type, @Nullable Duration ttl) {
        List<String> tags = view.tagsOf(key, value);
        return new Entry(
                view.stored(key),
                encoded(view, key, value, type),
                ttl,
                view.kept(),
                tags,
                type == null ? null : type.getTypeName(),
                view.spanName());
    }

    private static byte[] encoded(View view, String key, @Nullable Object value, @Nullable Type type) {
        try {
            byte[] json = view.codec().encode(value, type);
            if (hasNul(json)) {
                throw new CodecException("PostgreSQL refuses it: its JSON can't have the character U+0000");
            }
            return json;
        } catch (CodecException e) {
            throw view.keys().valueProblem(key, nameOf(value, type), String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether a text in the JSON has the escape of U+0000; a backslash that is escaped begins none. */
    private static boolean hasNul(byte[] json) {
        for (int i = 0; i < json.length - 1; i++) {
            if (json[i] == '\\') {
                i++;
                if (json[i] == 'u' && i + 4 < json.length && isZeros(json, i + 1)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isZeros(byte[] json, int from) {
        return json[from] == '0' && json[from + 1] == '0' && json[from + 2] == '0' && json[from + 3] == '0';
    }

    private static String nameOf(@Nullable Object value, @Nullable Type type) {
        return type != null
                ? type.getTypeName()
                : value == null ? "null" : value.getClass().getName();
    }

    /** The question whether {@code value} is current; null where its tags can't be told, and so nobody can tell. */
    public static Put.@Nullable Loaded unstored(View view, String key, @Nullable Object value, LoadToken token) {
        try {
            Entry entry =
                    new Entry(view.stored(key), new byte[0], null, Duration.ZERO, view.tagsOf(key, value), null, null);
            return new Put.Loaded(entry, token);
        } catch (CacheValueException e) {
            return null;
        }
    }
}
