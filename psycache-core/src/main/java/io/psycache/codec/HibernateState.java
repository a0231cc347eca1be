package io.psycache.codec;

import org.hibernate.Hibernate;
import org.hibernate.bytecode.enhance.spi.interceptor.BytecodeLazyAttributeInterceptor;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * State of entities and collections of Hibernate, if that is on the class path. No method initialises a lazy association.
 * The JVM links a class of Hibernate when a method first uses it, so {@link #PRESENT} guards each use.
 */
final class HibernateState {
    private static final boolean PRESENT =
            ClassUtils.isPresent("org.hibernate.proxy.HibernateProxy", HibernateState.class.getClassLoader());

    private static final String ADVICE =
            " Load it in the query (join fetch, @EntityGraph) before the value is returned, or cache a DTO";

    private HibernateState() {}

    /** Whether Hibernate makes values of {@code type} for values of another: it is a class of proxies or collections. */
    static boolean isWrapper(Class<?> type) {
        return PRESENT && HibernateProxy.class.isAssignableFrom(type) || isCollection(type);
    }

    static boolean isCollection(Class<?> type) {
        return PRESENT && PersistentCollection.class.isAssignableFrom(type);
    }

    /** The entity behind a proxy, or {@code value} itself. */
    static Object unproxy(Object value) {
        return PRESENT && value instanceof HibernateProxy ? Hibernate.unproxy(value) : value;
    }

    /** The reason why {@code value} can't be cached: it is not loaded. Null = it is loaded. */
    static @Nullable String notLoaded(Object value) {
        if (!PRESENT) {
            return null;
        }
        if (!Hibernate.isInitialized(value)) {
            return (value instanceof PersistentCollection ? "the lazy collection" : "the lazy association")
                    + " is not initialised." + ADVICE;
        }
        return hasLazyAttributes(value) ? "the entity has lazy attributes that are not initialised." + ADVICE : null;
    }

    private static boolean hasLazyAttributes(Object value) {
        return value instanceof PersistentAttributeInterceptable entity
                && entity.$$_hibernate_getInterceptor() instanceof BytecodeLazyAttributeInterceptor interceptor
                && interceptor.hasAnyUninitializedAttributes();
    }

    /** {@code value}, or the entity behind it if it is a proxy. */
    static Object loaded(Object value) {
        String problem = notLoaded(value);
        if (problem != null) {
            throw new UnstorableValueException(problem);
        }
        return unproxy(value);
    }
}
