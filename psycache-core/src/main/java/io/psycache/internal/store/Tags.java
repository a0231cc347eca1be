package io.psycache.internal.store;

/**
 * The namespaces of the log's tags: a tag that is named like a key or a cache does not invalidate it. The log's index has the
 * limits of that of the keys, so long names are shortened as keys are.
 */
public final class Tags {

    /** The one tag under which prefixes are logged. */
    public static final String PREFIX = "p";

    public static final String KEY_NAMESPACE = "k:";

    public static final String CACHE_NAMESPACE = "c:";

    private Tags() {}

    /** The tag that every entry under {@code key}, which is in its stored form, has without storing it. */
    public static String ofKey(String key) {
        return KEY_NAMESPACE + key;
    }

    /** The key whose tag it is. */
    public static String keyOf(String tag) {
        return tag.substring(KEY_NAMESPACE.length());
    }

    public static String ofCache(String name) {
        return CACHE_NAMESPACE + StoredKeys.of(name);
    }

    public static String ofUser(String tag) {
        return "t:" + StoredKeys.of(tag);
    }
}
