package io.psycache;

import javax.sql.DataSource;

/** On sessions that are SERIALIZABLE by default. */
class SerializableCacheTests extends PostgresCacheContract {

    @Override
    DataSource dataSource() {
        var dataSource = database.unpooled();
        dataSource.setOptions("-c default_transaction_isolation=serializable");
        return dataSource;
    }
}
