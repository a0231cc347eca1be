package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Codec that writes JSON with Jackson 2. It writes the fields of a value, not its getters; Jackson's annotations apply.
 *
 * <p>It reads back every value that it encodes, and refuses a value that does not come back equal.
 */
public final class Jackson2Codec extends VerifyingCodec {
    private final ObjectMapper mapper;

    private Jackson2Codec(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /** Creates a codec with Jackson's defaults and the modules on the class path. */
    public static Jackson2Codec create() {
        return new Jackson2Codec(forState(
                new ObjectMapper().registerModules(ObjectMapper.findModules(Jackson2Codec.class.getClassLoader()))));
    }

    /** Creates a codec with the modules, mix-ins and names of {@code mapper}, which it copies. */
    public static Jackson2Codec of(ObjectMapper mapper) {
        if (mapper == null) {
            throw new IllegalArgumentException("mapper must not be null");
        }
        return new Jackson2Codec(forState(mapper.copy()));
    }

    @SuppressWarnings("deprecation") // the builder can't start from a mapper
    private static ObjectMapper forState(ObjectMapper mapper) {
        mapper.deactivateDefaultTyping();
        mapper.setDefaultPropertyInclusion(JsonInclude.Include.ALWAYS);
        mapper.setVisibility(PropertyAccessor.FIELD, Visibility.ANY)
                .setVisibility(PropertyAccessor.GETTER, Visibility.NONE)
                .setVisibility(PropertyAccessor.IS_GETTER, Visibility.NONE)
                .setVisibility(PropertyAccessor.SETTER, Visibility.NONE)
                .configure(MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS, true)
                .configure(MapperFeature.INFER_PROPERTY_MUTATORS, true)
                .configure(MapperFeature.CAN_OVERRIDE_ACCESS_MODIFIERS, true)
                .configure(MapperFeature.USE_GETTERS_AS_SETTERS, false)
                .configure(MapperFeature.USE_STATIC_TYPING, false)
                .configure(MapperFeature.IGNORE_DUPLICATE_MODULE_REGISTRATIONS, false)
                .configure(JsonGenerator.Feature.QUOTE_NON_NUMERIC_NUMBERS, true)
                .configure(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN, false);
        writing(mapper);
        reading(mapper);
        modules(mapper);
        return mapper;
    }

    /** Registers the modules on the class path; without the first two, Jackson refuses times and optional values. */
    private static void modules(ObjectMapper mapper) {
        if (CacheCodecs.isPresent(CacheCodecs.JAVA_TIME)) {
            mapper.registerModule(JavaTime.module());
        }
        if (CacheCodecs.isPresent("com.fasterxml.jackson.datatype.jdk8.Jdk8Module")) {
            mapper.registerModule(Optionals.module());
        }
        mapper.registerModule(new Jackson2StateModule());
    }

    private static void writing(ObjectMapper mapper) {
        mapper.enable(SerializationFeature.WRAP_EXCEPTIONS, SerializationFeature.WRITE_DATES_WITH_ZONE_ID);
        mapper.setConfig(mapper.getSerializationConfig()
                .without(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DATE_KEYS_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
                        SerializationFeature.WRITE_ENUMS_USING_TO_STRING,
                        SerializationFeature.WRITE_ENUMS_USING_INDEX,
                        SerializationFeature.WRITE_ENUM_KEYS_USING_INDEX,
                        SerializationFeature.WRITE_SELF_REFERENCES_AS_NULL,
                        SerializationFeature.FAIL_ON_EMPTY_BEANS,
                        SerializationFeature.WRAP_ROOT_VALUE,
                        SerializationFeature.INDENT_OUTPUT)
                .without(EnumFeature.WRITE_ENUMS_TO_LOWERCASE));
    }

    private static void reading(ObjectMapper mapper) {
        mapper.setConfig(mapper.getDeserializationConfig()
                .with(
                        DeserializationFeature.WRAP_EXCEPTIONS,
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .without(
                        DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                        DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DeserializationFeature.READ_ENUMS_USING_TO_STRING,
                        DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_AS_NULL,
                        DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE,
                        DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
                        DeserializationFeature.USE_BIG_INTEGER_FOR_INTS,
                        DeserializationFeature.USE_LONG_FOR_INTS,
                        DeserializationFeature.USE_JAVA_ARRAY_FOR_JSON_ARRAY,
                        DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT,
                        DeserializationFeature.ACCEPT_EMPTY_ARRAY_AS_NULL_OBJECT,
                        DeserializationFeature.UNWRAP_ROOT_VALUE));
    }

    @Override
    String write(Object value, Type type) throws Exception {
        return mapper.writerFor(mapper.constructType(type)).writeValueAsString(value);
    }

    @Override
    @Nullable Object read(byte[] json, Type type) throws Exception {
        return mapper.readerFor(mapper.constructType(type)).readValue(json);
    }

    @Override
    Failure failureOf(Throwable e) {
        if (!(e instanceof JsonMappingException mapping)) {
            return Failure.of(e);
        }
        StringBuilder path = new StringBuilder(JsonPath.ROOT);
        mapping.getPath()
                .forEach(step -> path.append(
                        step.getFieldName() == null
                                ? JsonPath.element(step.getIndex())
                                : JsonPath.member(step.getFieldName())));
        Class<?> type = e instanceof InvalidDefinitionException definition && definition.getType() != null
                ? definition.getType().getRawClass()
                : null;
        return new Failure(JsonPath.shortened(path.toString()), mapping.getOriginalMessage(), type);
    }

    /** Refers to {@code jackson-datatype-jsr310} and is linked only if that is on the class path. */
    private static final class JavaTime {
        static Module module() {
            return new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID);
        }
    }

    /** Refers to {@code jackson-datatype-jdk8} and is linked only if that is on the class path. */
    private static final class Optionals {
        static Module module() {
            return new Jdk8Module();
        }
    }
}
