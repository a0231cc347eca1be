package io.psycache.spring;

import io.psycache.ReadContexts;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Field;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.stat.SessionStatistics;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.EntityManagerProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The persistence contexts of the JPA {@code EntityManager}s that Spring has bound to the thread, for a transaction or as
 * open-in-view does. That a context is empty can be told of Hibernate's alone; that one opens, of each factory that Spring makes, if this
 * is a bean. Your own initializer of a factory's {@code EntityManager}s runs after it.
 */
public final class EntityManagerContexts implements ReadContexts, BeanPostProcessor {
    private static final boolean HIBERNATE =
            ClassUtils.isPresent("org.hibernate.Session", EntityManagerContexts.class.getClassLoader());

    private final List<Consumer<Object>> listeners = new CopyOnWriteArrayList<>();

    @Override
    public Runnable onOpen(Consumer<Object> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public Object postProcessBeforeInitialization(Object bean, String beanName) {
        if (bean instanceof AbstractEntityManagerFactoryBean factory) {
            tell(factory);
        }
        return bean;
    }

    /** The factory has no getter for your initializer, which may read. Where its field is another one, contexts are not told. */
    @SuppressWarnings("unchecked")
    private void tell(AbstractEntityManagerFactoryBean factory) {
        Field field = initializerField();
        if (field != null) {
            ReflectionUtils.makeAccessible(field);
            Consumer<EntityManager> own = (Consumer<EntityManager>) ReflectionUtils.getField(field, factory);
            Consumer<EntityManager> told = this::open;
            factory.setEntityManagerInitializer(own == null ? told : told.andThen(own));
        }
    }

    /** The field of a factory that a native image must be able to read; null if there is none. */
    public static @Nullable Field initializerField() {
        return ReflectionUtils.findField(AbstractEntityManagerFactoryBean.class, "entityManagerInitializer");
    }

    private void open(EntityManager manager) {
        listeners.forEach(listener -> listener.accept(manager));
    }

    @Override
    public Map<?, Boolean> bound() {
        Map<EntityManager, Boolean> contexts = Map.of();
        for (Object resource :
                TransactionSynchronizationManager.getResourceMap().values()) {
            EntityManager manager = resource instanceof EntityManagerHolder holder ? managerOf(holder) : null;
            if (manager != null) {
                contexts = contexts.isEmpty() ? new IdentityHashMap<>() : contexts;
                contexts.put(manager, HIBERNATE && Hibernate.isEmpty(manager));
            }
        }
        return contexts;
    }

    /** Those that are open and bound to the thread. */
    static Stream<EntityManager> managers() {
        return TransactionSynchronizationManager.getResourceMap().values().stream()
                .filter(EntityManagerHolder.class::isInstance)
                .map(holder -> managerOf((EntityManagerHolder) holder))
                .filter(Objects::nonNull);
    }

    /** null where the holder has a stateless session, which keeps nothing, or a manager that is closed. */
    private static @Nullable EntityManager managerOf(EntityManagerHolder holder) {
        if (holder.isVoid()) {
            return null;
        }
        try {
            EntityManager manager = targetOf(holder.getEntityManager());
            return manager.isOpen() ? manager : null;
        } catch (IllegalStateException e) {
            return null;
        }
    }

    /** Each call of Spring's proxy makes it join the transaction of the thread, which takes a connection. */
    private static EntityManager targetOf(EntityManager manager) {
        return manager instanceof EntityManagerProxy proxy ? targetOf(proxy.getTargetEntityManager()) : manager;
    }

    /** Apart, so that its classes are looked for only where Hibernate is there. */
    private static final class Hibernate {

        private Hibernate() {}

        static boolean isEmpty(EntityManager manager) {
            return manager.getDelegate() instanceof Session session && isEmpty(session.getStatistics());
        }

        private static boolean isEmpty(SessionStatistics statistics) {
            return statistics.getEntityCount() == 0 && statistics.getCollectionCount() == 0;
        }
    }
}
