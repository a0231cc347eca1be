package io.psycache.codec;

import java.io.InputStream;
import java.io.Reader;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * Conversion of values of one type to another type that stands in for them in the JSON.
 *
 * @param state the type that stands in; {@code Object} = the type of the value that {@code toState} returns. A type parameter of
 *     it is the first one of the replaced type
 * @param fromState null = the JSON is read as the declared type
 */
record StandIn(
        Class<?> state,
        UnaryOperator<Object> toState,
        @Nullable UnaryOperator<Object> fromState) {
    private static final List<Class<?>> READ_ONCE =
            List.of(BaseStream.class, Iterator.class, Enumeration.class, InputStream.class, Reader.class);
    private static final StandIn READABLE_ONCE = new StandIn(Object.class, StandIn::refuseReadOnce, null);
    private static final StandIn NAMELESS = new StandIn(Object.class, StandIn::refuseNameless, null);
    private static final StandIn LOADED = new StandIn(Object.class, HibernateState::loaded, null);

    /** The stand-in for values of {@code type}; null = they are written as they are. */
    static @Nullable StandIn of(Class<?> type) {
        if (HibernateState.isProxy(type) || HibernateState.isCollection(type)) {
            return LOADED;
        }
        if (READ_ONCE.stream().anyMatch(once -> once.isAssignableFrom(type))) {
            return READABLE_ONCE;
        }
        if (type.isHidden()) {
            return NAMELESS;
        }
        return SpringDataStandIns.of(type);
    }

    /** The class to write values of {@code type} as: a plain collection for one of Hibernate's, else the state. */
    Class<?> written(Class<?> type) {
        if (Map.class.isAssignableFrom(type)) {
            return Map.class;
        }
        if (Collection.class.isAssignableFrom(type)) {
            return List.class.isAssignableFrom(type) ? List.class : Collection.class;
        }
        return state;
    }

    private static Object refuseReadOnce(Object value) {
        throw new UnstorableValueException("a " + value.getClass().getName()
                + " can be read only once, so it cannot be cached. Return its content as a List or an array");
    }

    private static Object refuseNameless(Object value) {
        throw new UnstorableValueException("a " + value.getClass().getName()
                + " is a lambda or of another class without a lasting name, so it cannot be cached. Cache its result");
    }
}
