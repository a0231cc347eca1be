package io.psycache.internal.store;

/** The range of keys with a prefix, in the order of their UTF-8 bytes, which is that of their code points. */
final class KeyRange {
    /** Longer than a stored key can be, and so after all of them. */
    private static final String LAST =
            Character.toString(Character.MAX_CODE_POINT).repeat(StoredKeys.LONGEST_PLAIN / 4 + 1);

    private KeyRange() {}

    /** The first text after all that begin with {@code prefix}. */
    static String end(String prefix) {
        if (prefix.isEmpty()) {
            return LAST;
        }
        int last = prefix.codePointBefore(prefix.length());
        String before = prefix.substring(0, prefix.length() - Character.charCount(last));
        return last == Character.MAX_CODE_POINT ? end(before) : before + Character.toString(next(last));
    }

    private static int next(int codePoint) {
        return codePoint + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : codePoint + 1;
    }
}
