package io.psycache.interleaving;

import io.psycache.codec.CacheCodec;
import io.psycache.codec.CodecException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes numbers as arrays of one, since processes keep no copies of numbers, which may be counters. */
record CopiedValues(CacheCodec codec) implements CacheCodec {

    static byte[] json(int value) {
        return ("[" + value + "]").getBytes(StandardCharsets.UTF_8);
    }

    static int value(byte[] json) {
        return Integer.parseInt(new String(json, StandardCharsets.UTF_8).replaceAll("[\\[\\] ]", ""));
    }

    @Override
    public byte[] encode(@Nullable Object value, @Nullable Type type) throws CodecException {
        return value instanceof Integer number ? json(number) : codec.encode(value, type);
    }

    @Override
    public @Nullable Object decode(byte[] json, Type type) throws CodecException {
        return type == Integer.class ? (Object) value(json) : codec.decode(json, type);
    }
}
