package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Codec that writes JSON with Jackson 3. It writes the fields of a value, not its getters; Jackson's annotations apply.
 *
 * <p>It reads back every value that it encodes, and refuses a value that does not come back equal.
 */
public final class Jackson3Codec extends VerifyingCodec {
    private final JsonMapper mapper;

    private Jackson3Codec(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** Creates a codec with Jackson's defaults and the modules on the class path. */
    public static Jackson3Codec create() {
        return new Jackson3Codec(
                forState(new Builder(JsonMapper.builder().findAndAddModules(Jackson3Codec.class.getClassLoader()))));
    }

    /** Creates a codec with the modules, mix-ins and names of {@code mapper}, which it copies. */
    public static Jackson3Codec of(JsonMapper mapper) {
        Assert.notNull(mapper, "mapper must not be null");
        return new Jackson3Codec(forState(new Builder(mapper.rebuild())));
    }

    /** A builder with the state of another, of a mapper with buffers of its own. */
    private static final class Builder extends JsonMapper.Builder {
        Builder(JsonMapper.Builder other) {
            super((StateImpl) other.saveStateApplyModules());
            if (_streamFactory.getClass() == JsonFactory.class) {
                _streamFactory = ((JsonFactory) _streamFactory)
                        .rebuild()
                        .recyclerPool(new BufferPool())
                        .build();
            }
        }
    }

    private static JsonMapper forState(JsonMapper.Builder builder) {
        builder.deactivateDefaultTyping()
                .changeDefaultVisibility(fields -> fields.withFieldVisibility(Visibility.ANY)
                        .withGetterVisibility(Visibility.NONE)
                        .withIsGetterVisibility(Visibility.NONE)
                        .withSetterVisibility(Visibility.NONE))
                .changeDefaultPropertyInclusion(
                        any -> JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS))
                .enable(
                        MapperFeature.ALLOW_FINAL_FIELDS_AS_MUTATORS,
                        MapperFeature.INFER_PROPERTY_MUTATORS,
                        MapperFeature.CAN_OVERRIDE_ACCESS_MODIFIERS)
                .disable(MapperFeature.USE_GETTERS_AS_SETTERS, MapperFeature.USE_STATIC_TYPING)
                .enable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                .disable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN);
        return features(builder).addModule(Jackson3State.module()).build();
    }

    /** Sets the features as Jackson has them by default, but for those that would lose something or accept anything. */
    private static JsonMapper.Builder features(JsonMapper.Builder builder) {
        reset(SerializationFeature.values(), SerializationFeature::enabledByDefault, builder::configure);
        reset(DeserializationFeature.values(), DeserializationFeature::enabledByDefault, builder::configure);
        reset(DateTimeFeature.values(), DateTimeFeature::enabledByDefault, builder::configure);
        reset(EnumFeature.values(), EnumFeature::enabledByDefault, builder::configure);
        return builder.enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .disable(EnumFeature.WRITE_ENUMS_USING_TO_STRING, EnumFeature.READ_ENUMS_USING_TO_STRING);
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
        if (!(e instanceof JacksonException jackson)) {
            return Failure.of(e);
        }
        return Failure.of(
                jackson.getPath().stream()
                        .map(step -> step.getPropertyName() == null ? step.getIndex() : step.getPropertyName()),
                jackson.getOriginalMessage(),
                e instanceof InvalidDefinitionException definition && definition.getType() != null
                        ? definition.getType().getRawClass()
                        : null);
    }
}
