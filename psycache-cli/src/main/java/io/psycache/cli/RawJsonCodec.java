package io.psycache.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.psycache.codec.CacheCodec;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Leaves JSON as it is in the table. */
final class RawJsonCodec implements CacheCodec {

    @Override
    public byte[] encode(@Nullable Object value, @Nullable Type type) {
        throw new UnsupportedOperationException("nothing is put here");
    }

    @Override
    public Object decode(byte[] json, Type type) {
        return new String(json, UTF_8);
    }
}
