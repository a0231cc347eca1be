package io.psycache.archfixture.internal.store;

import java.sql.Connection;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;

class StoreThatTakesPart {
    Connection connection(DataSource dataSource) {
        return DataSourceUtils.getConnection(dataSource);
    }
}
