package io.psycache.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry to be stored.
 *
 * @param key as it is stored ({@link StoredKeys})
 * @param json the value, UTF-8
 * @param ttl null = never expires
 * @param tags with their namespaces ({@link Tags}); the key's own is not among them
 * @param type the name of the declared type; null = untyped
 * @param token of the lookup before the load, or of the moment before the value was made; null = the value is the truth of this
 *     moment
 * @param stated whether the value is a truth, of the moment of its token or later, that nothing of its own has invalidated
 */
public record PutRequest(
        String key,
        byte[] json,
        @Nullable Duration ttl,
        List<String> tags,
        @Nullable String type,
        @Nullable LoadToken token,
        boolean stated) {

    /** Whether the value was read from somewhere, and is not stated as the truth. */
    public boolean isLoaded() {
        return token != null && token.own() == null && !stated;
    }

    /** Whether the value is a truth that was made since the token, and its invalidation, if it has one, is committed. */
    boolean isMade() {
        return stated || token != null && token.own() != null && token.own().alone();
    }

    public PutRequest withToken(LoadToken token) {
        return new PutRequest(key, json, ttl, tags, type, token, stated);
    }

    /** This new truth, to be stored later. @param recent taken before the value was stated */
    public PutRequest statedSince(LoadToken recent) {
        return new PutRequest(key, json, ttl, tags, type, recent, true);
    }
}
