package io.psycache;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** On a pool of one connection. */
class SingleConnectionCacheTests extends PostgresCacheContract {
    private static HikariDataSource pool;

    @Override
    DataSource dataSource() {
        if (pool == null || pool.isClosed()) {
            pool = database.newPool(1, true);
        }
        return pool;
    }
}
