package io.psycache.internal.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The form of a key in the table. Keys of up to {@value #LONGEST_PLAIN} bytes of UTF-8 are stored as they are; of longer ones
 * the first 256 characters, {@code #sha256:} and the SHA-256 of the whole key. PostgreSQL refuses index entries over 2,704
 * bytes, and counts them after a compression that depends on the content.
 *
 * <p>Different keys have different forms: a short key that could be the form of a long one is hashed too.
 */
public final class StoredKeys {
    static final int LONGEST_PLAIN = 1_024;

    private static final int READABLE_PREFIX = 256;
    private static final String HASH = "#sha256:";
    private static final int HASH_DIGITS = 64;

    /** Longer than a stored key can be, and so after all of them. */
    private static final String LAST =
            Character.toString(Character.MAX_CODE_POINT).repeat(LONGEST_PLAIN / 4 + 1);

    private StoredKeys() {}

    public static String of(String key) {
        return fits(key) && !looksHashed(key) ? key : hashed(key);
    }

    /** The prefix of stored keys for a prefix of keys. If it is long, it is also the prefix of some other long keys. */
    public static List<String> prefixes(String prefix) {
        return prefix.length() <= READABLE_PREFIX ? List.of(prefix) : List.of(prefix, readable(prefix) + HASH);
    }

    private static boolean fits(String key) {
        return key.length() * 3 <= LONGEST_PLAIN
                || key.length() <= LONGEST_PLAIN && key.getBytes(StandardCharsets.UTF_8).length <= LONGEST_PLAIN;
    }

    private static boolean looksHashed(String key) {
        int prefix = key.length() - HASH.length() - HASH_DIGITS;
        return (prefix == READABLE_PREFIX || prefix == READABLE_PREFIX - 1) && key.startsWith(HASH, prefix);
    }

    private static String hashed(String key) {
        return readable(key) + HASH + HexFormat.of().formatHex(sha256(key));
    }

    private static String readable(String text) {
        boolean splits = Character.isHighSurrogate(text.charAt(READABLE_PREFIX - 1));
        return text.substring(0, splits ? READABLE_PREFIX - 1 : READABLE_PREFIX);
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The first text after all that begin with {@code prefix}, in the order of their UTF-8 bytes, which is that of their code points. */
    static String endOf(String prefix) {
        if (prefix.isEmpty()) {
            return LAST;
        }
        int last = prefix.codePointBefore(prefix.length());
        String before = prefix.substring(0, prefix.length() - Character.charCount(last));
        return last == Character.MAX_CODE_POINT ? endOf(before) : before + Character.toString(next(last));
    }

    private static int next(int codePoint) {
        return codePoint + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : codePoint + 1;
    }
}
