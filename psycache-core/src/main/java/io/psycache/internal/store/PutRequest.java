package io.psycache.internal.store;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry to be stored.
 *
 * @param key as it is stored ({@link StoredKeys})
 * @param json the value, UTF-8
 * @param ttl null = never expires
 * @param window how long the row is kept after its time has ended, for those who take an old value; zero = not
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
        Duration window,
        List<String> tags,
        @Nullable String type,
        @Nullable LoadToken token,
        boolean stated) {

    /** What decides whether it is stored. */
    enum Kind {
        /** A truth of the moment when it is stored. */
        NOW,
        /** A truth of its token's moment, that its transaction's writes may have ended since. */
        TRUTH,
        /** A truth that was made since its token, and its invalidation, if it has one, is committed. */
        MADE,
        /** Read from somewhere after its token was taken. */
        LOADED
    }

    /** Whether the value was read from somewhere, and is not stated as the truth. */
    public boolean isLoaded() {
        return token != null && token.own() == null && !stated;
    }

    Kind kind() {
        if (token == null) {
            return stated ? Kind.MADE : Kind.NOW;
        }
        if (isLoaded()) {
            return Kind.LOADED;
        }
        return stated || token.own() != null && token.own().alone() ? Kind.MADE : Kind.TRUTH;
    }

    public PutRequest withToken(LoadToken token) {
        return new PutRequest(key, json, ttl, window, tags, type, token, stated);
    }

    /** This new truth, to be stored later. @param recent taken before the value was stated */
    public PutRequest statedSince(LoadToken recent) {
        return new PutRequest(key, json, ttl, window, tags, type, recent, true);
    }
}
