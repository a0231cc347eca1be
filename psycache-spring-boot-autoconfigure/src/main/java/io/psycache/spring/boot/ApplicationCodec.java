package io.psycache.spring.boot;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import io.psycache.codec.Jackson2Codec;
import io.psycache.codec.Jackson3Codec;
import io.psycache.spring.boot.diagnostics.StartException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * The codec, in the order of preference: by the application's own mapper of Jackson 3, of Jackson 2, by no mapper. A mapper counts if
 * it is the only one or the primary one. It is found when the codec is made, since each condition on a bean would look through all
 * definitions there are.
 */
final class ApplicationCodec {

    private ApplicationCodec() {}

    /** @throws StartException if neither Jackson is on the class path */
    static CacheCodec of(BeanFactory beans) {
        CacheCodec codec = isPresent("tools.jackson.databind.json.JsonMapper") ? Jackson3.of(beans) : null;
        if (codec == null && isPresent("com.fasterxml.jackson.databind.ObjectMapper")) {
            codec = Jackson2.of(beans);
        }
        return codec != null ? codec : withoutAMapper();
    }

    private static boolean isPresent(String className) {
        return ClassUtils.isPresent(className, ApplicationCodec.class.getClassLoader());
    }

    private static CacheCodec withoutAMapper() {
        try {
            return CacheCodecs.detect();
        } catch (IllegalStateException e) {
            throw new StartException(
                    String.valueOf(e.getMessage()),
                    "Add spring-boot-starter-json, or define a bean of type io.psycache.codec.CacheCodec. If the build excludes"
                            + " Jackson from psycache-spring-boot-starter, remove that exclusion.",
                    e);
        }
    }

    private static final class Jackson3 {

        static @Nullable CacheCodec of(BeanFactory beans) {
            JsonMapper mapper = beans.getBeanProvider(JsonMapper.class).getIfUnique();
            return mapper != null ? Jackson3Codec.of(mapper) : null;
        }
    }

    private static final class Jackson2 {

        static @Nullable CacheCodec of(BeanFactory beans) {
            ObjectMapper mapper = beans.getBeanProvider(ObjectMapper.class).getIfUnique();
            return mapper != null ? Jackson2Codec.of(mapper) : null;
        }
    }
}
