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
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells Jackson 2 of the {@link StandIn}s, to write every member, also an empty one, and to keep the order of sets. */
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

    private static JavaType typeOf(StandIn standIn, JavaType type, TypeFactory types) {
        return standIn.state().getTypeParameters().length == 0
                ? types.constructType(standIn.state())
                : types.constructParametricType(standIn.state(), type.containedTypeOrUnknown(0));
    }

    private static final class StandInSerializers extends Serializers.Base {
        @Override
        public @Nullable JsonSerializer<?> findSerializer(
                SerializationConfig config, JavaType type, BeanDescription description) {
            StandIn standIn = StandIn.of(type.getRawClass());
            return standIn == null ? null : serializer(standIn, typeOf(standIn, type, config.getTypeFactory()));
        }

        @Override
        public @Nullable JsonSerializer<?> findCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription description,
                TypeSerializer elementType,
                JsonSerializer<Object> element) {
            StandIn standIn = StandIn.of(type.getRawClass());
            Class<?> plain = type.isTypeOrSubTypeOf(List.class) ? List.class : Collection.class;
            return standIn == null
                    ? null
                    : serializer(
                            standIn, config.getTypeFactory().constructParametricType(plain, type.getContentType()));
        }

        @Override
        public @Nullable JsonSerializer<?> findMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription description,
                JsonSerializer<Object> key,
                TypeSerializer elementType,
                JsonSerializer<Object> element) {
            StandIn standIn = StandIn.of(type.getRawClass());
            return standIn == null
                    ? null
                    : serializer(
                            standIn,
                            config.getTypeFactory()
                                    .constructParametricType(Map.class, type.getKeyType(), type.getContentType()));
        }

        private static JsonSerializer<?> serializer(StandIn standIn, JavaType state) {
            return new StdDelegatingSerializer(new Conversion(standIn.toState(), state));
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

    /** Says what it converts from and to, as the type of what stands in is generic. */
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

    /** A member left out could not be told from one that the class got later. */
    private static final class AlwaysIncluded extends NopAnnotationIntrospector {
        private static final JsonInclude.Value ALWAYS =
                JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);

        @Override
        public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
            return ALWAYS;
        }
    }
}
