package io.psycache.instrumentation;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Observer that passes hashes of keys, which can be personal data, on to another observer. A hash is the first 16 hexadecimal
 * digits of the SHA-256 of the key in UTF-8, so a key has the same hash in every process. If you can guess a key, you can confirm
 * it by its hash.
 */
public final class KeyHashingInstrumentation implements CacheInstrumentation {
    private static final int HASH_BYTES = 8;

    private final CacheInstrumentation observer;

    public KeyHashingInstrumentation(CacheInstrumentation observer) {
        this.observer = Objects.requireNonNull(observer, "observer");
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

    private static List<String> hashes(List<String> keys) {
        return keys.stream().map(KeyHashingInstrumentation::hash).toList();
    }

    @Override
    public GetSpan startGetSpan(List<String> keys, @Nullable String spanName) {
        return observer.startGetSpan(hashes(keys), spanName);
    }

    @Override
    public PutSpan startPutSpan(List<String> keys, @Nullable String spanName) {
        return observer.startPutSpan(hashes(keys), spanName);
    }

    @Override
    public PutSpan startDeferredPutSpan(List<String> keys, @Nullable String spanName) {
        return observer.startDeferredPutSpan(hashes(keys), spanName);
    }

    @Override
    public RemoveSpan startRemoveSpan(List<String> keys, @Nullable String spanName) {
        return observer.startRemoveSpan(hashes(keys), spanName);
    }

    @Override
    public FlushSpan startFlushSpan(@Nullable String spanName) {
        return observer.startFlushSpan(spanName);
    }

    @Override
    public CleanupSpan startCleanupSpan() {
        return observer.startCleanupSpan();
    }

    @Override
    public void recordLaneWait(Operation operation, long nanos) {
        observer.recordLaneWait(operation, nanos);
    }

    @Override
    public void recordBatch(Operation operation, int keys) {
        observer.recordBatch(operation, keys);
    }

    @Override
    public void recordRefresh(String reason, String result, @Nullable String spanName) {
        observer.recordRefresh(reason, result, spanName);
    }
}
