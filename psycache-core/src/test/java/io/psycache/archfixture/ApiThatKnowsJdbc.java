package io.psycache.archfixture;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

class ApiThatKnowsJdbc {
    Connection connect(DataSource dataSource) throws SQLException {
        return dataSource.getConnection();
    }
}
