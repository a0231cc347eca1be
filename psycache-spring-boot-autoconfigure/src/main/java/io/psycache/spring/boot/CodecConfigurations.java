package io.psycache.spring.boot;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.codec.CacheCodec;
import io.psycache.codec.CacheCodecs;
import io.psycache.codec.Jackson2Codec;
import io.psycache.codec.Jackson3Codec;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The codec, in the order of preference: the application's own, by its mapper of Jackson 3, of Jackson 2, by no mapper. */
final class CodecConfigurations {

    private CodecConfigurations() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JsonMapper.class)
    @ConditionalOnSingleCandidate(JsonMapper.class)
    @ConditionalOnMissingBean(CacheCodec.class)
    static class Jackson3 {

        @Bean
        Jackson3Codec psycacheCodec(JsonMapper mapper) {
            return Jackson3Codec.of(mapper);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObjectMapper.class)
    @ConditionalOnSingleCandidate(ObjectMapper.class)
    @ConditionalOnMissingBean(CacheCodec.class)
    static class Jackson2 {

        @Bean
        Jackson2Codec psycacheCodec(ObjectMapper mapper) {
            return Jackson2Codec.of(mapper);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(CacheCodec.class)
    static class Detected {

        @Bean
        CacheCodec psycacheCodec() {
            try {
                return CacheCodecs.detect();
            } catch (IllegalStateException e) {
                throw new JsonLibraryMissingException(e);
            }
        }
    }
}
