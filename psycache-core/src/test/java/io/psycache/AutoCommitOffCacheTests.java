package io.psycache;

import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** On a pool whose auto-commit is off. */
class AutoCommitOffCacheTests extends PostgresCacheContract {
    private final HikariDataSource pool = database.newPool(10, false);

    @Override
    DataSource dataSource() {
        return pool;
    }
}
