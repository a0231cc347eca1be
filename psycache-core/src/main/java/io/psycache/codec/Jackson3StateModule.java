package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.Deserializers;
import tools.jackson.databind.deser.std.StdConvertingDeserializer;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.Serializers;
import tools.jackson.databind.ser.std.StdConvertingSerializer;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.type.TypeFactory;
import tools.jackson.databind.util.StdConverter;

/** Module of Jackson 3 that applies the {@link StandIn}s, writes every member, also an empty one, and keeps the order of sets. */
final class Jackson3StateModule extends SimpleModule {
    Jackson3StateModule() {
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

    private static @Nullable ValueSerializer<?> serializer(JavaType type, SerializationConfig config) {
        StandIn standIn = StandIn.of(type.getRawClass());
        return standIn == null
                ? null
                : new StdConvertingSerializer(
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
        public @Nullable ValueSerializer<?> findSerializer(
                SerializationConfig config,
                JavaType type,
                BeanDescription.Supplier description,
                JsonFormat.Value format) {
            return serializer(type, config);
        }

        @Override
        public @Nullable ValueSerializer<?> findCollectionSerializer(
                SerializationConfig config,
                CollectionType type,
                BeanDescription.Supplier description,
                JsonFormat.Value format,
                TypeSerializer elementType,
                ValueSerializer<Object> element) {
            return serializer(type, config);
        }

        @Override
        public @Nullable ValueSerializer<?> findMapSerializer(
                SerializationConfig config,
                MapType type,
                BeanDescription.Supplier description,
                JsonFormat.Value format,
                ValueSerializer<Object> key,
                TypeSerializer elementType,
                ValueSerializer<Object> element) {
            return serializer(type, config);
        }
    }

    private static final class StandInDeserializers extends Deserializers.Base {
        @Override
        public boolean hasDeserializerFor(DeserializationConfig config, Class<?> type) {
            StandIn standIn = StandIn.of(type);
            return standIn != null && standIn.fromState() != null;
        }

        @Override
        public @Nullable ValueDeserializer<?> findBeanDeserializer(
                JavaType type, DeserializationConfig config, BeanDescription.Supplier description) {
            StandIn standIn = StandIn.of(type.getRawClass());
            UnaryOperator<Object> fromState = standIn == null ? null : standIn.fromState();
            return standIn == null || fromState == null
                    ? null
                    : new StdConvertingDeserializer<>(
                            new Conversion(fromState, typeOf(standIn, type, config.getTypeFactory())));
        }
    }

    /** Converter that names its types, which Jackson can't derive from a generic state. */
    private static final class Conversion extends StdConverter<Object, Object> {
        private final UnaryOperator<Object> conversion;
        private final JavaType state;

        Conversion(UnaryOperator<Object> conversion, JavaType state) {
            this.conversion = conversion;
            this.state = state;
        }

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
        public JsonInclude.Value findPropertyInclusion(MapperConfig<?> config, Annotated annotated) {
            return ALWAYS;
        }
    }
}
