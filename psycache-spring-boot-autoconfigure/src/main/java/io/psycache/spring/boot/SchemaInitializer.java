package io.psycache.spring.boot;

import io.psycache.PsycacheSchema;
import io.psycache.PsycacheSchemaException;
import io.psycache.spring.boot.diagnostics.SchemaInitializationException;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;

/** Makes or checks the tables of the cache, after the application's own migrations and before the cache is there. */
final class SchemaInitializer implements InitializingBean {
    private final DataSource dataSource;
    private final PsycacheProperties properties;

    SchemaInitializer(DataSource dataSource, PsycacheProperties properties) {
        this.dataSource = dataSource;
        this.properties = properties;
    }

    @Override
    public void afterPropertiesSet() {
        try {
            initialize();
        } catch (PsycacheSchemaException e) {
            throw e;
        } catch (RuntimeException e) { // a pool that can't connect has exceptions of its own
            throw new SchemaInitializationException(e);
        }
    }

    private void initialize() {
        switch (properties.getInitializeSchema()) {
            case ALWAYS -> PsycacheSchema.create(dataSource, properties.schemaOrDefault(), properties.getTable());
            case NEVER -> PsycacheSchema.validate(dataSource, properties.schemaOrDefault(), properties.getTable());
        }
    }
}
