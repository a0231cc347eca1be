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
 * How values of one type are written and read as another, which stands in for them in the JSON.
 *
 * @param state the type that stands in; {@code Object} = that of what {@code toState} returns. If it has a type parameter, that is
 *     the first one of the type that it stands in for
 * @param fromState null where {@code state} is what is read
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

    /** What stands in for values of {@code type}; null = they are written as they are. */
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

    /** The class that is written for {@code type}: plain collections for Hibernate's, else the state. */
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
