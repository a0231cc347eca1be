package io.psycache.codec;

import org.springframework.util.ClassUtils;

/** Factory of a codec for the JSON library on the class path. */
public final class CacheCodecs {
    private CacheCodecs() {}

    /**
     * Creates a codec with its own mapper: of Jackson 3 if that is on the class path, else of Jackson 2.
     *
     * @throws IllegalStateException if neither is on the class path; the message says what to add
     */
    public static CacheCodec detect() {
        if (isPresent("tools.jackson.databind.json.JsonMapper")) {
            return Jackson3Codec.create();
        }
        if (isPresent("com.fasterxml.jackson.databind.ObjectMapper")
                && isPresent("com.fasterxml.jackson.datatype.jsr310.JavaTimeModule")) {
            return Jackson2Codec.create();
        }
        throw new IllegalStateException("psycache needs a JSON library: add the dependency"
                + " tools.jackson.core:jackson-databind (Jackson 3), or com.fasterxml.jackson.core:jackson-databind with"
                + " com.fasterxml.jackson.datatype:jackson-datatype-jsr310 and jackson-datatype-jdk8 (Jackson 2)");
    }

    private static boolean isPresent(String className) {
        return ClassUtils.isPresent(className, CacheCodecs.class.getClassLoader());
    }
}
