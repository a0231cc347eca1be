package io.psycache.archfixture.internal.store;

import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;

class StoreThatAsks {
    boolean isJoined(Connection connection, DataSource dataSource) {
        return DataSourceUtils.isConnectionTransactional(connection, dataSource);
    }
}
