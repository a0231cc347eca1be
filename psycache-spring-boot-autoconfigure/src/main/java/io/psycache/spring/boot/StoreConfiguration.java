package io.psycache.spring.boot;

import io.psycache.CachePartition;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.PsycacheSchemaException;
import io.psycache.ReadContexts;
import io.psycache.codec.CacheCodec;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.spring.EntityManagerContexts;
import io.psycache.spring.HibernateTenants;
import io.psycache.spring.boot.diagnostics.StartException;
import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.util.unit.DataSize;

/** {@link PostgresCache} from the application's {@code DataSource}, and its tables. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBean(DataSource.class)
@ConditionalOnMissingBean(PostgresCache.class)
final class StoreConfiguration {
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    @Bean
    CacheDataSource psycacheDataSource(
            @PsycacheDataSource ObjectProvider<DataSource> marked,
            ObjectProvider<DataSource> candidates,
            ListableBeanFactory beans) {
        return CacheDataSource.select(marked, candidates, beans);
    }

    @Bean
    @ConditionalOnMissingBean(CacheCodec.class)
    CacheCodec psycacheCodec(BeanFactory beans) {
        return ApplicationCodec.of(beans);
    }

    /** Makes or checks the tables of the cache, after the application's own migrations and before the cache is there. */
    @Bean
    @DependsOnDatabaseInitialization
    InitializingBean psycacheSchemaInitializer(CacheDataSource dataSource, PsycacheProperties properties) {
        return () -> initializeSchema(dataSource.value(), properties);
    }

    private static void initializeSchema(DataSource dataSource, PsycacheProperties properties) {
        try {
            switch (properties.initializeSchema()) {
                case ALWAYS -> PsycacheSchema.create(dataSource, properties.schema(), properties.table());
                case NEVER -> PsycacheSchema.validate(dataSource, properties.schema(), properties.table());
            }
        } catch (PsycacheSchemaException e) {
            throw e;
        } catch (RuntimeException e) { // a pool that can't connect has exceptions of its own
            Throwable root = NestedExceptionUtils.getRootCause(e);
            throw new StartException(
                    "The database failed when psycache made or checked its tables: " + e.getMessage()
                            + (root == null ? "" : " (" + root.getMessage() + ")"),
                    "Check that the database is running and that spring.datasource.url, username and password are right. To"
                            + " start without the cache, set psycache.enabled=false.",
                    e);
        }
    }

    @Bean
    @DependsOn("psycacheSchemaInitializer")
    PostgresCache postgresCache(
            CacheDataSource dataSource,
            PsycacheProperties properties,
            Environment environment,
            CacheCodec codec,
            ObjectProvider<ReadContexts> readContexts,
            ObjectProvider<CachePartition> tenants,
            ObjectProvider<CacheInstrumentation> instrumentations,
            ObjectProvider<PostgresCacheBuilderCustomizer> customizers) {
        PostgresCache.Builder builder = builder(dataSource.value(), properties, codec);
        DataSize nearMaximumSize = properties.near().maximumSize();
        if (nearMaximumSize != null) {
            builder.nearMaximumSize(nearMaximumSize.toBytes());
        }
        if (isOnVirtualThreads(environment)) {
            builder.asyncExecutor(new VirtualThreadTaskExecutor("psycache-async-"));
        }
        readContexts.ifAvailable(builder::readContexts);
        tenants.ifAvailable(builder::tenants);
        builder.instrumentations(instrumentations.orderedStream().toList());
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return builder.build();
    }

    /** Boot's own condition is another class in each generation. */
    private static boolean isOnVirtualThreads(Environment environment) {
        return environment.getProperty("spring.threads.virtual.enabled", Boolean.class, false)
                && Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS;
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = {"jakarta.persistence.EntityManager", "org.springframework.orm.jpa.EntityManagerHolder"})
    static class Jpa {

        @Bean
        @ConditionalOnMissingBean(ReadContexts.class)
        static EntityManagerContexts psycacheReadContexts() {
            return new EntityManagerContexts();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(
            name = {
                "jakarta.persistence.EntityManager",
                "org.springframework.orm.jpa.EntityManagerHolder",
                "org.hibernate.engine.spi.SessionFactoryImplementor"
            })
    static class Hibernate {

        /** Asks for the factories at the first call of the cache, since they may need it to be there before. */
        @Bean
        @ConditionalOnMissingBean(CachePartition.class)
        static HibernateTenants psycacheTenants(ObjectProvider<EntityManagerFactory> factories) {
            return new HibernateTenants(factories::stream);
        }
    }

    private static PostgresCache.Builder builder(
            DataSource dataSource, PsycacheProperties properties, CacheCodec codec) {
        return PostgresCache.builder(dataSource)
                .schema(properties.schema())
                .table(properties.table())
                .defaultTtl(properties.defaultTtl().duration())
                .lanes(properties.lanes())
                .maxBatch(properties.maxBatch())
                .partition(properties.partition())
                .timeout(properties.timeout())
                .logRetention(properties.logRetention())
                .options(properties.ofAllCaches().options().codec(codec))
                .hashKeys(properties.hashKeys())
                .cleanupBatchSize(properties.cleanup().batchSize());
    }
}
