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

    /** Of keys whose entry was replaced, and not invalidated; only processes with copies of entries read these tags. */
    public static final String CHANGE_NAMESPACE = "n:";

    /** Ends the name of a partition in keys and tags: the unit separator of ASCII. */
    public static final char PARTITION_END = '\u001f';

    private static final int NAMESPACE_LENGTH = 2;

    private Tags() {}

    /** A tag with its namespace within a partition. @param prefix of the partition's keys */
    public static String in(String prefix, String tag) {
        return tag.substring(0, NAMESPACE_LENGTH) + StoredKeys.of(prefix + tag.substring(NAMESPACE_LENGTH));
    }

    /** The name of a cache without that of a partition before it. */
    public static String withoutPartition(String name) {
        return name.substring(name.indexOf(PARTITION_END) + 1);
    }

    /** The tag that every entry under {@code key}, which is in its stored form, has without storing it. */
    public static String ofKey(String key) {
        return KEY_NAMESPACE + key;
    }

    /** The key whose tag it is. */
    public static String keyOf(String tag) {
        return tag.substring(KEY_NAMESPACE.length());
    }

    /** The tag of the copies that a tag of the log ends: that of the key for an entry that was replaced, else itself. */
    public static String invalidatedBy(String tag) {
        return tag.startsWith(CHANGE_NAMESPACE) ? ofKey(tag.substring(CHANGE_NAMESPACE.length())) : tag;
    }

    public static String ofCache(String name) {
        return CACHE_NAMESPACE + StoredKeys.of(name);
    }

    public static String ofUser(String tag) {
        return "t:" + StoredKeys.of(tag);
    }
}
