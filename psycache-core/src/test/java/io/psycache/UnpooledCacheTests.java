package io.psycache;

import javax.sql.DataSource;

/** On new connections, with the server's prepared statements off and another name of the table. */
class UnpooledCacheTests extends PostgresCacheContract {
    @Override
    DataSource dataSource() {
        var dataSource = database.unpooled();
        dataSource.setPrepareThreshold(0);
        return dataSource;
    }

    @Override
    PostgresCache.Builder settings(PostgresCache.Builder builder) {
        return builder.schema(database.schema());
    }
}
