package io.psycache;

import javax.sql.DataSource;

/** On a pool of 10. */
class PooledCacheTests extends PostgresCacheContract {
    @Override
    DataSource dataSource() {
        return database.dataSource();
    }
}
