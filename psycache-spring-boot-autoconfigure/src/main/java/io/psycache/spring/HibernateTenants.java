package io.psycache.spring;

import io.psycache.CachePartition;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.SharedSessionContract;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;

/**
 * The tenant of the calling thread as Hibernate's multi-tenancy has it: that of the session that Spring has bound to the thread, else the one
 * that the resolver of the session factory tells. Empty where no session factory has a resolver.
 */
public final class HibernateTenants implements CachePartition {
    private final Supplier<Stream<EntityManagerFactory>> factories;
    private volatile @Nullable List<SessionFactoryImplementor> withTenants;

    /** @param factories asked at the first call of the cache */
    public HibernateTenants(Supplier<Stream<EntityManagerFactory>> factories) {
        this.factories = factories;
    }

    @Override
    public String current() {
        List<SessionFactoryImplementor> known = withTenants;
        return known == null ? first() : tenant(known);
    }

    /** A call while a factory is being created has no tenant. */
    private String first() {
        try {
            List<SessionFactoryImplementor> found = find();
            withTenants = found;
            return tenant(found);
        } catch (BeanCurrentlyInCreationException e) {
            return "";
        }
    }

    private List<SessionFactoryImplementor> find() {
        return factories
                .get()
                .map(factory -> factory.unwrap(SessionFactoryImplementor.class))
                .filter(factory -> factory.getSessionFactoryOptions().isMultiTenancyEnabled()
                        || factory.getCurrentTenantIdentifierResolver() != null)
                .toList();
    }

    /** Of several factories each has its place and the length of its tenant, so that no two lists of tenants are alike. */
    private static String tenant(List<SessionFactoryImplementor> factories) {
        if (factories.isEmpty()) {
            return "";
        }
        if (factories.size() == 1) {
            return Objects.toString(tenant(factories.get(0)), "");
        }
        return factories.stream()
                .map(HibernateTenants::tenant)
                .map(tenant -> tenant == null ? "-" : tenant.toString().length() + ":" + tenant)
                .collect(Collectors.joining(","));
    }

    /** A session keeps the tenant that it was opened for. */
    private static @Nullable Object tenant(SessionFactoryImplementor factory) {
        return EntityManagerContexts.managers()
                .map(EntityManager::getDelegate)
                .filter(session -> session instanceof SharedSessionContract bound && bound.getFactory() == factory)
                .map(session -> ((SharedSessionContract) session).getTenantIdentifierValue())
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> resolved(factory));
    }

    private static @Nullable Object resolved(SessionFactoryImplementor factory) {
        CurrentTenantIdentifierResolver<?> resolver = factory.getCurrentTenantIdentifierResolver();
        return resolver == null ? null : resolver.resolveCurrentTenantIdentifier();
    }
}
