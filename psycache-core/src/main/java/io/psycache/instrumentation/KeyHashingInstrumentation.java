package io.psycache.instrumentation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Observer that passes hashes of keys, which can be personal data, on to another observer. A hash is the first 16 hexadecimal
 * digits of the SHA-256 of the key in UTF-8, so a key has the same hash in every process. If you can guess a key, you can confirm
 * it by its hash.
 */
public final class KeyHashingInstrumentation extends CompositeInstrumentation {
    private static final int HASH_BYTES = 8;

    public KeyHashingInstrumentation(CacheInstrumentation observer) {
        super(List.of(observer));
    }

    /** The hash of {@code key}. */
    public static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    List<String> shown(List<String> keys) {
        return keys.stream().map(KeyHashingInstrumentation::hash).toList();
    }
}
