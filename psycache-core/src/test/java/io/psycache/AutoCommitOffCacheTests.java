package io.psycache;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** On a pool whose auto-commit is off. */
class AutoCommitOffCacheTests extends PostgresCacheContract {
    private static HikariDataSource pool;

    @Override
    DataSource dataSource() {
        if (pool == null || pool.isClosed()) {
            pool = database.newPool(10, false);
        }
        return pool;
    }
}
