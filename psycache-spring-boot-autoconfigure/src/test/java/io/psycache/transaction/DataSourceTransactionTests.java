package io.psycache.transaction;

import javax.sql.DataSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

class DataSourceTransactionTests extends SavepointContract {

    @Override
    public void register(GenericApplicationContext context, DataSource dataSource) {
        context.registerBean(DataSourceTransactionManager.class, () -> new DataSourceTransactionManager(dataSource));
        context.registerBean(Rows.class, () -> new Rows.Jdbc(dataSource));
    }
}
