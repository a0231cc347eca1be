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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

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
        Assert.notNull(mapper, "mapper must not be null");
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
        features(mapper);
        register("com.fasterxml.jackson.datatype.jsr310.JavaTimeModule", mapper, () -> JavaTime.module());
        register("com.fasterxml.jackson.datatype.jdk8.Jdk8Module", mapper, () -> Jdk8.module());
        return mapper.registerModule(Jackson2State.module());
    }

    /** Sets the features as Jackson has them by default, but for those that would lose something or accept anything. */
    private static void features(ObjectMapper mapper) {
        reset(SerializationFeature.values(), SerializationFeature::enabledByDefault, mapper::configure);
        reset(DeserializationFeature.values(), DeserializationFeature::enabledByDefault, mapper::configure);
        reset(EnumFeature.values(), EnumFeature::enabledByDefault, mapper::configure);
        mapper.enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        SerializationFeature.FAIL_ON_EMPTY_BEANS,
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE);
    }

    /** Registers a module, without which Jackson refuses times or optional values; {@code module} is linked only if it is there. */
    private static void register(String className, ObjectMapper mapper, Supplier<Module> module) {
        if (ClassUtils.isPresent(className, Jackson2Codec.class.getClassLoader())) {
            mapper.registerModule(module.get());
        }
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
        return Failure.of(
                mapping.getPath().stream()
                        .map(step -> step.getFieldName() == null ? step.getIndex() : step.getFieldName()),
                mapping.getOriginalMessage(),
                e instanceof InvalidDefinitionException definition && definition.getType() != null
                        ? definition.getType().getRawClass()
                        : null);
    }

    /** Refers to {@code jackson-datatype-jsr310} and is linked only if that is on the class path. */
    private static final class JavaTime {
        static Module module() {
            return new JavaTimeModule().disable(JavaTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID);
        }
    }

    /** Refers to {@code jackson-datatype-jdk8} and is linked only if that is on the class path. */
    private static final class Jdk8 {
        static Module module() {
            return new Jdk8Module();
        }
    }
}
