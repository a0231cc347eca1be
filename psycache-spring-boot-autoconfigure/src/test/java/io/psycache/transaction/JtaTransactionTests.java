package io.psycache.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.CoreEnvironmentBeanException;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.ats.jta.TransactionManager;
import com.arjuna.ats.jta.UserTransaction;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.narayana.NarayanaTransactionIntegration;
import io.psycache.testsupport.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.xa.PGXADataSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.IsolationLevelDataSourceAdapter;
import org.springframework.transaction.NestedTransactionNotSupportedException;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.jta.JtaTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Narayana with a pool that enlists its connections, which each transaction has from its beginning. */
class JtaTransactionTests extends TransactionContract {
    static {
        BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
                .setObjectStoreType(VolatileStore.class.getName());
        try {
            BeanPopulator.getDefaultInstance(CoreEnvironmentBean.class).setNodeIdentifier("psycache");
        } catch (CoreEnvironmentBeanException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public DataSource pool(TestDatabase database, int size, boolean autoCommit) {
        PGSimpleDataSource server = database.unpooled();
        try {
            AgroalDataSource pool = database.closing(AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                    .connectionPoolConfiguration(connections -> connections
                            .maxSize(size)
                            .acquisitionTimeout(Duration.ofMillis(100))
                            .transactionIntegration(new NarayanaTransactionIntegration(
                                    TransactionManager.transactionManager(),
                                    new TransactionSynchronizationRegistryImple()))
                            .connectionFactoryConfiguration(
                                    factory -> factory.connectionProviderClass(PGXADataSource.class)
                                            .autoCommit(autoCommit)
                                            .principal(new NamePrincipal(server.getUser()))
                                            .jdbcUrl(database.jdbcUrl())))));
            return new Levels(pool);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void register(GenericApplicationContext context, DataSource dataSource) {
        context.registerBean(JtaTransactionManager.class, () -> manager(dataSource));
        context.registerBean(Rows.class, () -> new Rows.Jdbc(dataSource));
    }

    private static JtaTransactionManager manager(DataSource dataSource) {
        JtaTransactionManager manager = jta();
        manager.setAllowCustomIsolationLevels(true);
        manager.addListener(new TransactionExecutionListener() {
            @Override
            public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
                DataSourceUtils.releaseConnection(DataSourceUtils.getConnection(dataSource), dataSource);
            }
        });
        return manager;
    }

    private static JtaTransactionManager jta() {
        return new JtaTransactionManager(UserTransaction.userTransaction(), TransactionManager.transactionManager());
    }

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

    @ParameterizedTest
    @MethodSource("setups")
    void beforeItsFirstStatementATransactionIsTakenForOneElsewhere(Setup setup) {
        useCached(setup);
        new TransactionTemplate(jta()).executeWithoutResult(status -> {
            cache().evict("another, by a thread of the lanes or this one");
            cache().evict(id);
            assertThat(cachedForOthers()).as("at once").isNull();
            rows.write(id, "new");
            app.othersCache().put("cache" + id + "::" + id + "L", "old");
        });
        await(() -> cachedForOthers() == null);
        assertThat(data()).isEqualTo("new");
    }

    /**
     * Sets the level that a transaction declares. Not whether it is read-only: the pool would not reset that. Asks in short turns,
     * as who begins to wait in the moment of a return misses it, and an idle pool has no other (Agroal 2.5, {@code releaseConditional}).
     */
    private static final class Levels extends IsolationLevelDataSourceAdapter {
        private static final int TURNS = 100;

        private Levels(DataSource pool) {
            setTargetDataSource(pool);
        }

        @Override
        protected Connection doGetConnection(@Nullable String user, @Nullable String password) throws SQLException {
            for (int turn = 1; ; turn++) {
                try {
                    return super.doGetConnection(user, password);
                } catch (SQLException e) {
                    if (turn == TURNS || Thread.currentThread().isInterrupted()) {
                        throw e;
                    }
                }
            }
        }

        @Override
        protected @Nullable Boolean getCurrentReadOnlyFlag() {
            return null;
        }
    }
}
