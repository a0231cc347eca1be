package io.psycache.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The form of a key in the table. Keys of up to 1,024 bytes of UTF-8 are stored as they are; of longer ones the first 256
 * characters, {@code #sha256:} and the SHA-256 of the whole key. PostgreSQL refuses index entries over 2,704 bytes, and counts
 * them after a compression that depends on the content.
 */
public final class StoredKeys {
    private static final int LONGEST_PLAIN = 1_024;
    private static final int READABLE_PREFIX = 256;

    private StoredKeys() {}

    public static String of(String key) {
        return fits(key) ? key : hashed(key);
    }

    private static boolean fits(String key) {
        return key.length() * 3 <= LONGEST_PLAIN
                || key.length() <= LONGEST_PLAIN && key.getBytes(StandardCharsets.UTF_8).length <= LONGEST_PLAIN;
    }

    private static String hashed(String key) {
        int end = Character.isHighSurrogate(key.charAt(READABLE_PREFIX - 1)) ? READABLE_PREFIX - 1 : READABLE_PREFIX;
        return key.substring(0, end) + "#sha256:" + HexFormat.of().formatHex(sha256(key));
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
