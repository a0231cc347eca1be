package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.Deserializers;
import com.fasterxml.jackson.databind.deser.std.StdDelegatingDeserializer;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.Serializers;
import com.fasterxml.jackson.databind.ser.std.StdDelegatingSerializer;
import com.fasterxml.jackson.databind.type.CollectionType;
import com.fasterxml.jackson.databind.type.MapType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.Converter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Module of Jackson 2 that applies the {@link StandIn}s, writes every member, also an empty one, and keeps the order of sets. */
final class Jackson2StateModule extends SimpleModule {
    Jackson2StateModule() {
        super("psycache");
        addAbstractTypeMapping(Set.class, LinkedHashSet.class);
    }

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addSerializers(new StandInSerializers());
        context.addDeserializers(new StandInDeserializers());
        context.insertAnnotationIntrospector(new AlwaysIncluded());
    }

    private static @Nullable JsonSerializer<?> serializer(JavaType type, SerializationConfig config) {
        StandIn standIn = StandIn.of(type.getRawClass());
        return standIn == null
                ? null
                : new StdDelegatingSerializer(
                        new Conversion(standIn.toState(), typeOf(standIn, type, config.getTypeFactory())));
    }

    private static JavaType typeOf(StandIn standIn, JavaType type, TypeFactory types) {
        Class<?> written = standIn.written(type.getRawClass());
        JavaType content = type.isContainerType() ? type.getContentType() : type.containedTypeOrUnknown(0);
        return switch (written.getTypeParameters().length) {
            case 0 -> types.constructType(written);
            case 1 -> types.constructParametricType(written, content);
            default -> types.constructParametricType(written, type.getKeyType(), content);
        };
    }

    private static final class StandInSerializers extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription description) {
            return serializer(type, config);
        }

        @Override
        public @Nullable JsonSerializer<?> findCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription description,
                TypeSerializer elementType,
                JsonSerializer<Object> element) {
            return serializer(type, config);
        }

        @Override
        public @Nullable JsonSerializer<?> findMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription description,
                JsonSerializer<Object> key,
                TypeSerializer elementType,
                JsonSerializer<Object> element) {
            return serializer(type, config);
        }
    }

    private static final class StandInDeserializers extends Deserializers.Base {
        @Override
        public @Nullable JsonDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription description) {
            StandIn standIn = StandIn.of(type.getRawClass());
            UnaryOperator<Object> fromState = standIn == null ? null : standIn.fromState();
            return standIn == null || fromState == null
                    ? null
                    : new StdDelegatingDeserializer<>(
                            new Conversion(fromState, typeOf(standIn, type, config.getTypeFactory())));
        }
    }

    /** Converter that names its types, which Jackson can't derive from a generic state. */
    private record Conversion(UnaryOperator<Object> conversion, JavaType state) implements Converter<Object, Object> {
        @Override
        public Object convert(Object value) {
            return conversion.apply(value);
        }

        @Override
        public JavaType getInputType(TypeFactory types) {
            return state;
        }

        @Override
        public JavaType getOutputType(TypeFactory types) {
            return state;
        }
    }

    /** Writes every member: a missing one would look like a member that the class got later. */
    private static final class AlwaysIncluded extends NopAnnotationIntrospector {
        private static final JsonInclude.Value ALWAYS =
                JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);

        @Override
        public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
            return ALWAYS;
        }
    }
}
