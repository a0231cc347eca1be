package io.psycache.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into JSON and back. Implementations are thread-safe.
 *
 * <p>The JSON names no classes: the declared type decides how it is read. What PostgreSQL's {@code jsonb} does not keep (the
 * order of object keys, duplicate keys, the spelling of numbers) must not matter to a codec.
 */
public interface CacheCodec {

    /**
     * The JSON of {@code value}, UTF-8.
     *
     * @param value null is the JSON literal {@code null}
     * @param type the declared type of the value, with its generics; null where only whoever reads it knows it, so that it can't
     *     be checked whether it will come back equal
     * @throws CodecException if the value has no JSON, or would not come back from it equal
     */
    byte[] encode(@Nullable Object value, @Nullable Type type) throws CodecException;

    /**
     * The value that {@code json} stands for.
     *
     * @param json one JSON value, UTF-8
     * @param type the type to read it as, with its generics
     * @return null for the JSON literal {@code null}, where {@code type} has no value of its own for it
     * @throws CodecException if {@code json} can't be read as {@code type}
     */
    @Nullable Object decode(byte[] json, Type type) throws CodecException;
}
