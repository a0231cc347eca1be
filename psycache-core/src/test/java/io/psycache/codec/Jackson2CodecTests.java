package io.psycache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.jsontype.impl.LaissezFaireSubTypeValidator;
import java.util.List;
import org.junit.jupiter.api.Test;

class Jackson2CodecTests extends CacheCodecContract {

    @Override
    CacheCodec codec() {
        return Jackson2Codec.create();
    }

    @Override
    CacheCodec ofOpinionatedMapper() {
        return Jackson2Codec.of(opinionated());
    }

    private static ObjectMapper opinionated() {
        return new ObjectMapper()
                .findAndRegisterModules()
                .activateDefaultTyping(LaissezFaireSubTypeValidator.instance, ObjectMapper.DefaultTyping.NON_FINAL)
                .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .setDefaultPropertyInclusion(JsonInclude.Include.NON_DEFAULT)
                .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING, SerializationFeature.WRAP_ROOT_VALUE);
    }

    @Test
    void theGivenMapperIsNotChanged() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        String before = mapper.writeValueAsString(List.of(1.0E7));
        Jackson2Codec.of(mapper);
        assertThat(mapper.writeValueAsString(List.of(1.0E7))).isEqualTo(before);
        assertThat(mapper.getRegisteredModuleIds()).isEmpty();
        assertThat(mapper.isEnabled(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS))
                .isTrue();
    }
}
