package io.psycache;

import io.psycache.codec.CodecException;
import io.psycache.internal.store.LoadToken;
import io.psycache.internal.store.PutRequest;
import io.psycache.internal.store.StoredKeys;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values as rows. */
final class PutRequests {

    private PutRequests() {}

    /**
     * A request to store {@code value}, declared as {@code type}; null = untyped. Nothing is stored yet.
     *
     * @throws CacheValueException if the value can't be stored
     */
    static PutRequest of(
            CacheView view, String key, @Nullable Object value, @Nullable Type type, @Nullable Duration ttl) {
        List<String> tags = view.tagsOf(key, value);
        byte[] json = encoded(view, key, value, type);
        return new PutRequest(
                StoredKeys.of(key),
                json,
                ttl,
                view.refreshing().staleWhileRevalidate(),
                tags,
                type == null ? null : type.getTypeName(),
                null,
                false);
    }

    private static byte[] encoded(CacheView view, String key, @Nullable Object value, @Nullable Type type) {
        try {
            return view.codec().encode(value, type);
        } catch (CodecException e) {
            throw view.keys().valueProblem(key, nameOf(value, type), String.valueOf(e.getMessage()), e);
        }
    }

    private static String nameOf(@Nullable Object value, @Nullable Type type) {
        return type != null
                ? type.getTypeName()
                : value == null ? "null" : value.getClass().getName();
    }

    /** The question whether {@code value} is current; null where the tags can't be told, and so nobody can tell. */
    static @Nullable PutRequest unstored(CacheView view, String key, @Nullable Object value, LoadToken token) {
        try {
            List<String> tags = view.tagsOf(key, value);
            return new PutRequest(StoredKeys.of(key), new byte[0], null, Duration.ZERO, tags, null, token, false);
        } catch (CacheValueException e) {
            return null;
        }
    }
}
