package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.NestedTransactionNotSupportedException;

class JpaTransactionTests extends TransactionContract {

    @Override
    public void register(GenericApplicationContext context, DataSource dataSource) {
        context.registerBean(LocalContainerEntityManagerFactoryBean.class, () -> hibernate(dataSource));
        context.registerBean(JpaTransactionManager.class, () -> manager(context.getBean(EntityManagerFactory.class)));
        context.registerBean(
                Rows.class,
                () -> new Rows.Jpa(SharedEntityManagerCreator.createSharedEntityManager(
                        context.getBean(EntityManagerFactory.class))));
    }

    private static JpaTransactionManager manager(EntityManagerFactory entities) {
        JpaTransactionManager manager = new JpaTransactionManager(entities);
        manager.setNestedTransactionAllowed(true);
        return manager;
    }

    private static LocalContainerEntityManagerFactoryBean hibernate(DataSource dataSource) {
        LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
        factory.setDataSource(dataSource);
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setManagedTypes(PersistenceManagedTypes.of(Rows.Row.class.getName()));
        return factory;
    }

    /** Spring's dialect for Hibernate has no savepoints, also where the manager allows them: nothing has happened yet. */
    @ParameterizedTest
    @MethodSource("setups")
    void aNestedTransactionIsRefused(Setup setup) {
        useCached(setup);
        transactions.required(() -> {
            rows.write(id, "new");
            cache().evict(id);
            assertThatExceptionOfType(NestedTransactionNotSupportedException.class)
                    .isThrownBy(() -> transactions.nested(() -> put("nested")));
        });
        settle();
        assertThat(cachedForOthers()).isNull();
        assertThat(data()).isEqualTo("new");
    }
}
