package io.psycache;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** On a pool of one connection. */
class SingleConnectionCacheTests extends PostgresCacheContract {
    private final HikariDataSource pool = database.newPool(1, true);

    @Override
    DataSource dataSource() {
        return pool;
    }
}
