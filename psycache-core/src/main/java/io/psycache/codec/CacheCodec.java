package io.psycache.codec;

import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Strategy that writes values as JSON and reads them back. Implementations are thread-safe.
 *
 * <p>The JSON names no classes: the declared type decides how to read it. PostgreSQL's {@code jsonb} does not keep the order of
 * object keys, duplicate keys and the spelling of numbers; a codec must not depend on them.
 */
public interface CacheCodec {

    /**
     * Writes {@code value} as JSON in UTF-8.
     *
     * @param value null = the JSON literal {@code null}
     * @param type the declared type of the value, with its generics; null = only its readers know the type, so the codec can't
     *     check that the value comes back equal
     * @throws CodecException if the value can't be written as JSON, or does not come back equal
     */
    byte[] encode(@Nullable Object value, @Nullable Type type) throws CodecException;

    /**
     * Reads {@code json} as a value of {@code type}.
     *
     * @param json one JSON value in UTF-8
     * @param type the declared type, with its generics
     * @return null for the JSON literal {@code null}, unless {@code type} has a value for it, as {@code Optional} has
     * @throws CodecException if {@code json} can't be read as {@code type}
     */
    @Nullable Object decode(byte[] json, Type type) throws CodecException;
}
