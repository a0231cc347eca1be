package io.psycache.codec;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.StdConverter;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** How Jackson 2 writes the state of values: {@link StandIn}s for some types, and every member. */
final class Jackson2State extends NopAnnotationIntrospector {

    /** The module that inserts it, and that reads sets in the order of the JSON. */
    static Module module() {
        return new SimpleModule("psycache") {
            @Override
            public void setupModule(SetupContext context) {
                super.setupModule(context);
                context.insertAnnotationIntrospector(new Jackson2State());
            }
        }.addAbstractTypeMapping(Set.class, LinkedHashSet.class);
    }

    /** A missing member would look like one that the class got later. */
    @Override
    public JsonInclude.Value findPropertyInclusion(Annotated annotated) {
        return JsonInclude.Value.construct(JsonInclude.Include.ALWAYS, JsonInclude.Include.ALWAYS);
    }

    @Override
    public @Nullable Object findSerializationConverter(Annotated annotated) {
        return converter(annotated, StandIn::toState);
    }

    @Override
    public @Nullable Object findDeserializationConverter(Annotated annotated) {
        return converter(annotated, StandIn::fromState);
    }

    private static @Nullable Object converter(
            Annotated annotated, Function<StandIn, @Nullable UnaryOperator<Object>> direction) {
        StandIn standIn = annotated instanceof AnnotatedClass ? StandIn.of(annotated.getRawType()) : null;
        UnaryOperator<Object> conversion = standIn == null ? null : direction.apply(standIn);
        return standIn == null || conversion == null
                ? null
                : converter(conversion, standIn.written(annotated.getRawType()), annotated.getType());
    }

    /** A converter that names its types, which Jackson can't derive from a generic state. */
    private static StdConverter<Object, Object> converter(
            UnaryOperator<Object> conversion, Class<?> written, JavaType type) {
        return new StdConverter<>() {
            @Override
            public Object convert(Object value) {
                return conversion.apply(value);
            }

            @Override
            public JavaType getInputType(TypeFactory types) {
                JavaType content = type.isContainerType() ? type.getContentType() : type.containedTypeOrUnknown(0);
                return switch (written.getTypeParameters().length) {
                    case 0 -> types.constructType(written);
                    case 1 -> types.constructParametricType(written, content);
                    default -> types.constructParametricType(written, type.getKeyType(), content);
                };
            }

            @Override
            public JavaType getOutputType(TypeFactory types) {
                return getInputType(types);
            }
        };
    }
}
