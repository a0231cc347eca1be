package io.psycache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class Jackson3CodecTests extends CacheCodecContract {

    @Override
    CacheCodec codec() {
        return Jackson3Codec.create();
    }

    @Override
    CacheCodec ofOpinionatedMapper() {
        return Jackson3Codec.of(JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder()
                                .allowIfBaseType(Object.class)
                                .build(),
                        DefaultTyping.NON_FINAL)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(old -> old.withValueInclusion(JsonInclude.Include.NON_DEFAULT))
                .enable(SerializationFeature.WRAP_ROOT_VALUE)
                .build());
    }

    @Test
    void theGivenMapperIsNotChanged() {
        JsonMapper mapper = JsonMapper.builder().build();
        Jackson3Codec.of(mapper);
        assertThat(mapper.registeredModules()).isEmpty();
        assertThat(mapper.isEnabled(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES))
                .isFalse();
    }
}
