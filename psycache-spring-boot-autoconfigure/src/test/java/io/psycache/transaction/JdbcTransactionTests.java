package io.psycache.transaction;

import javax.sql.DataSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.support.JdbcTransactionManager;

class JdbcTransactionTests extends SavepointContract {

    @Override
    public void register(GenericApplicationContext context, DataSource dataSource) {
        context.registerBean(JdbcTransactionManager.class, () -> new JdbcTransactionManager(dataSource));
        context.registerBean(Rows.class, () -> new Rows.Jdbc(dataSource));
    }
}
